"""`python -m cenlink`."""

from __future__ import annotations

from cenlink.cli.front import cenlink

if __name__ == "__main__":
    cenlink(prog_name="cenlink")
