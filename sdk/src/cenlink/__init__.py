"""cenlink: the client of OpenCEN for programs, command lines and an administration's own systems."""
