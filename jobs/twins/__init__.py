"""Observations in, twins out: what is known of each patient and device, now and at every hour."""
