"""The command line of a client: `cenlink`, or `python -m cenlink`."""
