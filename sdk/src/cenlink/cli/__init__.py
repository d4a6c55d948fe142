"""The command line of a client."""
