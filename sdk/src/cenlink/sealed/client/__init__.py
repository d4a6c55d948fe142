"""A client at work: what it has seen and never forgets, what it finds wrong, and the door that officers and agents use.

Callers speak of accounts, rooms, bulletins and authorities; no caller meets an algorithm.
"""
