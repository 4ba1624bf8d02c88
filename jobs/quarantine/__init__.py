"""Refused rows as a workflow: what was refused, what it touched, and what a person decides."""
