"""Whom someone has to look at: levels, what raises an alert, and an alert's life."""
