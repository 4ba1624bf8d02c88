"""Who is about to deteriorate: labels, training, the registry, predictions."""
