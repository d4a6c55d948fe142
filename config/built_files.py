"""What the committed manifest says of the bundled browser modules: a SHA-384 for each, as in SRI."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from config import env

MANIFEST = env.REPOSITORY / "static" / "manifest.json"
FOLDER = "built"


def integrity(content: bytes) -> str:
    """The hash of a file as the attribute `integrity` wants it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def read_manifest(path: Path = MANIFEST) -> dict[str, str]:
    """File names in `static/built`, each with its hash; empty where there is no manifest yet."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


@cache
def manifest() -> dict[str, str]:
    """The manifest that this process serves by."""
    return read_manifest()
