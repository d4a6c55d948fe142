"""The demonstration: invented people at real kinds of seats. Never loaded in production."""
