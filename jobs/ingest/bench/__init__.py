"""`wardtwin bench ingest`: what a user could write instead, beside it, in one run."""
