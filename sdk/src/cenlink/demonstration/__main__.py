"""`python -m cenlink.demonstration ADDRESS FOLDER`: founds the sealed network of a demonstration that runs there."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cenlink.demonstration.founding import seed

if __name__ == "__main__":
    _, address, folder = sys.argv
    began = time.monotonic()
    said = seed(address, Path(folder))
    sys.stdout.write(f"{said} ({time.monotonic() - began:.1f} s)\n")
