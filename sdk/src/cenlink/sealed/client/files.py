"""Files of a group: sealed and uploaded in parts, fetched and opened part by part (sealed-protocol §7)."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cenlink.sealed.private.attachments import Sealer, open_file, part_count, sealed_size
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import Server

# Child abuse and obscene material: no file of it is ever sent or saved, whatever the door.
NO_MEDIA = "OBS"
LONGEST_NAME = 120
_UNFIT = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *map(ord, '/\\:*?"<>|')}


def require_media_allowed(body: dict[str, Any], *, files: bool) -> None:
    """Refused: `schema` where files go with a report of obscene material or child abuse."""
    if files and body["t"] == "form" and str(body["fields"].get("category", "")).strip().upper() == NO_MEDIA:
        raise Refused(Code.SCHEMA, f"files: nothing of the category {NO_MEDIA} is sent or saved as a file")


def uploaded(server: Server, gid: bytes, source: Path) -> dict[str, Any]:
    """Seals and uploads a file; its description, to be sent in a message. Refused: `file`."""
    size = source.stat().st_size
    kind = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
    with source.open("rb") as opened:
        sealer = Sealer(gid, opened, size, fit_name(source.name), kind)
        present = server.begin_file(gid, sealer.aid, sealed_size(size))
        for number, part in enumerate(sealer.parts()):
            if number not in present:
                server.put_part(gid, sealer.aid, number, part)
        if opened.read(1):
            raise Refused(Code.FILE, "longer than it was")
    return sealer.descriptor


def saved(server: Server, gid: bytes, descriptor: dict[str, Any], target: Path) -> Path:
    """Fetches and opens a file; it appears under `target` only when all of it was right, and replaces nothing.

    Refused: `file`, `sealed`. Raises FileExistsError.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    parts = _parts(server, gid, descriptor)
    before = os.umask(0o077)
    try:
        open_file(gid, descriptor, parts, target)
    finally:
        os.umask(before)
    return target


def _parts(server: Server, gid: bytes, descriptor: dict[str, Any]) -> Iterator[bytes]:
    for number in range(part_count(descriptor["csize"])):
        yield server.get_part(gid, descriptor["aid"], number)


def fit_name(name: str) -> str:
    """A file name without folders, controls and leading dots; what others called a file is not to be trusted."""
    fit = "".join(letter for letter in name if ord(letter) not in _UNFIT).strip(" .")
    stem, dot, ending = fit.rpartition(".")
    if len(fit) > LONGEST_NAME:
        fit = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[:LONGEST_NAME]
    return fit or "file"
