"""Settings for tools that only read the code (type checks): no server is asked, the keys are of no use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="opencen-offline-"))
for _name, _value in (("OPENCEN_SECRET_KEY_FILE", "0" * 64), ("OPENCEN_NOMINAL_KEY_FILE", "A" * 44)):
    _path = _folder / _name.lower()
    _path.touch(mode=0o600)
    _path.write_text(_value)
    os.environ.setdefault(_name, str(_path))
os.environ.setdefault("DATABASE_URL", "postgresql:///nothing")
os.environ.setdefault("REDIS_URL", "redis://localhost:1/0")

from config.settings import *  # noqa: E402, F403
