"""Hands an uploaded file to a child process of its own and takes back a clean image, or the reason why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

CHILD = Path(__file__).with_name("child.py")
# The child's own limit is ten seconds of computing; this one ends it where it computes nothing and waits.
WALL_SECONDS = 30
LARGEST_FILE = 15 * 1024 * 1024
_LONGEST_LINE = 500

SENTENCES: dict[str, Any] = {
    "media_empty": _("This file is empty. Choose it again."),
    "media_bytes": _("This file is larger than 15 MB. Make it smaller, then upload it again."),
    "media_type": _("This is no JPEG, PNG, WebP or TIFF image. Save it as one of them, then upload it again."),
    "media_heic": _("This image has a format that can't be read here (HEIC or AVIF). Save it as JPEG first."),
    "media_pixels": _("This image has more than 24 million pixels. Make it smaller, then upload it again."),
    "media_frames": _("This file holds several images. Save the one you want as a file of its own."),
    "media_damaged": _("This image is damaged or cut off. Take it from the camera again."),
    "media_two_in_one": _("This file is an image and something else too, such as an archive. Save the image anew."),
    "media_heavy": _("This image needs too much memory to be read. Make it smaller, then upload it again."),
    "media_slow": _("Reading this image took too long. Save it anew as JPEG, then upload it again."),
}


class ImageRefused(Exception):
    """The file is not taken; `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        self.code = code if code in SENTENCES else "media_damaged"
        self.sentence = SENTENCES[self.code]
        super().__init__(self.code)


@dataclass(frozen=True, slots=True)
class CleanImage:
    """JPEG bytes without metadata, upright, and a small copy; width and height in pixels."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int


def clean(data: bytes, *, program: Path = CHILD, wall_seconds: float = WALL_SECONDS) -> CleanImage:
    """The image, re-encoded. Raises ImageRefused; whatever the file does, it does it in the child."""
    if len(data) > LARGEST_FILE:
        raise ImageRefused("media_bytes")
    # Files without a name, not pipes: the child's answer is bounded by its limit of file sizes.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(data)
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", str(program)],
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )
        try:
            status = child.wait(wall_seconds)
        except subprocess.TimeoutExpired:
            raise ImageRefused("media_slow") from None
        finally:
            child.kill()
            child.wait()
        if status:
            raise ImageRefused(_code_of(status))
        answer.seek(0)
        return _read(answer)


def _environment() -> dict[str, str]:
    """Nothing of ours but where the interpreter finds its libraries; one arena, so that memory is what it says."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", **kept}


def _code_of(status: int) -> str:
    """Why the child ended without an answer: a negative status is the signal that ended it."""
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "media_slow"
    return "media_heavy" if status in {-signal.SIGXFSZ, -signal.SIGSEGV, -signal.SIGABRT} else "media_damaged"


def _read(answer: Any) -> CleanImage:
    try:
        facts = json.loads(answer.readline(_LONGEST_LINE))
        if code := facts.get("refused"):
            raise ImageRefused(str(code))
        content, thumbnail = answer.read(int(facts["main"])), answer.read(int(facts["thumbnail"]))
        width, height = int(facts["width"]), int(facts["height"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ImageRefused("media_damaged") from None
    if not (content.startswith(b"\xff\xd8\xff") and thumbnail.startswith(b"\xff\xd8\xff")):
        raise ImageRefused("media_damaged")
    return CleanImage(content, thumbnail, width, height)
