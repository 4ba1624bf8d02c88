"""`make demo`: from nothing to a running system with a live ward, every stage run by Airflow."""
