"""Files sealed and opened in constant memory (sealed-protocol §7)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.messages import LARGEST_FILE
from cenlink.sealed.private.sealing import CHUNK, padme
from cenlink.sealed.refusals import Code, Refused

PART = 8 << 20
# A multiple of the chunk, large enough that the cost of a call does not show.
_READ = 64 * CHUNK


def sealed_size(size: int) -> int:
    """Bytes of ciphertext for a file of this size."""
    padded = padme(size)
    return 56 + padded + 16 * (padded // CHUNK + 1)


def part_count(csize: int) -> int:
    return -(-csize // PART)


class Sealer:
    """Seals one file as parts of 8 MiB; after the last one `descriptor` says how to open it."""

    def __init__(self, group: bytes, source: BinaryIO, size: int, name: str, kind: str) -> None:
        if size > LARGEST_FILE:
            raise Refused(Code.FILE, f"larger than {LARGEST_FILE} bytes")
        self.aid, self._key = secrets.token_bytes(16), secrets.token_bytes(32)
        self._group, self._source, self._size = group, source, size
        self._name, self._kind = name, kind
        self._hashes: list[bytes] = []

    def parts(self) -> Iterator[bytes]:
        """Refused: `file` when the source is not as long as was said."""
        sealer = Cobblestone256Encryptor(self._key, enc(["comm/1/att", self._group, self.aid]))
        waiting = bytearray()
        for plain in self._padded():
            waiting += sealer.update(plain)
            while len(waiting) >= PART:
                yield self._counted(bytes(waiting[:PART]))
                del waiting[:PART]
        waiting += sealer.finalize()
        for at in range(0, len(waiting), PART):
            yield self._counted(bytes(waiting[at : at + PART]))

    def _counted(self, part: bytes) -> bytes:
        self._hashes.append(hashlib.sha256(part).digest())
        return part

    def _padded(self) -> Iterator[bytes]:
        left = self._size
        while left:
            plain = self._source.read(min(_READ, left))
            if not plain:
                raise Refused(Code.FILE, "shorter than it was")
            left -= len(plain)
            yield plain
        padding = padme(self._size) - self._size
        while padding:
            yield bytes(min(_READ, padding))
            padding -= min(_READ, padding)

    @property
    def descriptor(self) -> dict[str, Any]:
        return {
            "aid": self.aid,
            "key": self._key,
            "size": self._size,
            "csize": sealed_size(self._size),
            "ph": b"".join(self._hashes),
            "name": self._name,
            "type": self._kind,
        }


def open_file(group: bytes, descriptor: dict[str, Any], parts: Iterable[bytes], target: Path) -> None:
    """Writes the file; it appears under its name only when all of it was right. Refused: `file`, `sealed`."""
    require_sound(descriptor)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as out:
            left = descriptor["size"]
            for plain in _opened(group, descriptor, parts):
                kept, tail = plain[:left], plain[left:]
                if any(tail):
                    raise Refused(Code.FILE, "something stands after its end")
                out.write(kept)
                left -= len(kept)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _opened(group: bytes, descriptor: dict[str, Any], parts: Iterable[bytes]) -> Iterator[bytes]:
    hashes = [descriptor["ph"][at : at + 32] for at in range(0, len(descriptor["ph"]), 32)]
    context = enc(["comm/1/att", group, descriptor["aid"]])
    opener = Cobblestone256Decryptor(descriptor["key"], context)
    received = 0
    try:
        for place, part in enumerate(parts):
            received += len(part)
            if place >= len(hashes) or hashlib.sha256(part).digest() != hashes[place]:
                raise Refused(Code.FILE, f"part {place} is another one")
            yield bytes(opener.update(part))
        if received != descriptor["csize"]:
            raise Refused(Code.FILE, "a part is missing")
        yield bytes(opener.finalize())
    except (InvalidTag, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Code.SEALED, type(error).__name__) from None


def require_sound(descriptor: dict[str, Any]) -> None:
    """That the sizes fit each other. Refused: `file`."""
    if descriptor["csize"] != sealed_size(descriptor["size"]):
        raise Refused(Code.FILE, "its sizes do not fit")
    if len(descriptor["ph"]) != 32 * part_count(descriptor["csize"]):
        raise Refused(Code.FILE, "not one hash for each part")


def require_agreement(declared: list[Any], descriptors: list[dict[str, Any]]) -> None:
    """That the header names exactly the files of the body. Refused: `file`."""
    for descriptor in descriptors:
        require_sound(descriptor)
    if sorted(map(tuple, declared)) != sorted((d["aid"], d["csize"]) for d in descriptors):
        raise Refused(Code.FILE, "the message declares other files than it describes")
