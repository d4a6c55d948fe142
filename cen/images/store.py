"""Where images lie: under the hash of their content, each content once, in any storage an operator names."""

from __future__ import annotations

import hashlib
import re

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection

HASH = re.compile(r"[0-9a-f]{64}")
# Apart from the locks of other rooms: "image" as a number.
_LOCKS = 0x696D616765


def storage() -> Storage:
    """The storage of case media (`STORAGES["case_media"]`)."""
    return storages["case_media"]


def name_of(sha256: str) -> str:
    """The stored name: two folders by the first digits, so that none grows too large."""
    if not HASH.fullmatch(sha256):
        raise ValueError("not a hash")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"


def keep(*contents: bytes) -> list[str]:
    """Stores each content unless it is there, and returns their hashes.

    Holds the contents' locks until the transaction ends, so that nobody removes them before a row names them.
    """
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    for sha256 in sorted(set(hashes)):
        lock(sha256)
    for sha256, content in zip(hashes, contents, strict=True):
        name = name_of(sha256)
        if not storage().exists(name):
            written = storage().save(name, ContentFile(content))
            if written != name:
                # Somebody without our lock was quicker: the same bytes are there already.
                storage().delete(written)
    return hashes


def content_of(sha256: str) -> bytes | None:
    """The stored bytes; None where there is no such file."""
    try:
        with storage().open(name_of(sha256)) as file:
            return bytes(file.read())
    except (FileNotFoundError, ValueError):
        return None


def forget(sha256: str) -> None:
    """Removes the file; only for whoever holds its lock and knows that nothing points to it."""
    storage().delete(name_of(sha256))


def lock(sha256: str) -> None:
    """Waits until nobody else keeps or removes this content; lasts until the transaction ends."""
    number = int.from_bytes(bytes.fromhex(sha256[:16])) ^ _LOCKS
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number - (1 << 63)])
