"""Landed files become rows in one voice."""
