"""What the quality team reads and signs: built from what is in the lake, off the hot path."""
