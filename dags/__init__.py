"""When, and in what order: the DAGs."""
