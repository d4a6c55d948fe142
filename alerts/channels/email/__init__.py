"""Mails that say how much waits, and nothing of what it is."""
