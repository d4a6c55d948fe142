"""The data keys of one administration: made when first needed, wrapped by the installation's key, versioned."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection

from cen.models import NominalKey
from cen.nominal.seal import KEY_BYTES, SealBroken, installation_key, new_key, place, seal, unseal

_TABLE = "nominal_key"
# Held until the end of the act, so that a rotation waits for it; readers and writers do not wait for each other.
_HELD = "select version, wrapped from cen_nominalkey where administration_id = %s order by version for key share"


class KeyRing:
    """The open data keys of one administration, for the length of one act. Shows nothing of itself."""

    def __init__(self, administration_id: int, keys: Mapping[int, bytes]) -> None:
        self.administration_id, self._keys = administration_id, dict(keys)

    @property
    def version(self) -> int:
        """The version that is sealed with now."""
        return max(self._keys)

    def has(self, version: int) -> bool:
        """Whether what was sealed under this version can be opened."""
        return version in self._keys

    def seal(self, table: str, row: object, document: Mapping[str, Any]) -> bytes:
        """The document under the present version, bound to administration, table and row."""
        return seal(self._keys[self.version], orjson.dumps(document), self._place(table, row))

    def unseal(self, table: str, row: object, sealed: bytes, version: int) -> dict[str, Any]:
        """The document again; SealBroken where the key is gone or anything does not fit."""
        if version not in self._keys:
            raise SealBroken
        content: dict[str, Any] = orjson.loads(unseal(self._keys[version], sealed, self._place(table, row)))
        return content

    def lookup(self, field: str, normalised: str) -> bytes:
        """The keyed hash of a normalised value: HMAC-SHA-256 under a key for this administration and field."""
        derive = HKDF(SHA256(), KEY_BYTES, salt=b"opencen look-up", info=f"{self.administration_id}|{field}".encode())
        return hmac.new(derive.derive(self._keys[self.version]), normalised.encode(), hashlib.sha256).digest()

    def _place(self, table: str, row: object) -> bytes:
        return place(table, self.administration_id, row)


def open_ring(administration_id: int) -> KeyRing:
    """The administration's keys, held against rotation until the transaction ends; makes the first where none is.

    Runs in a transaction of that administration; raises SealBroken where the installation's key does not fit.
    """
    # A rotation that ended while we waited took the row away that we waited for; then the new one is there.
    for _try in range(3):
        if wrapped := _held(administration_id):
            return _unwrapped(administration_id, wrapped)
        if not NominalKey.unguarded.filter(administration_id=administration_id).exists():
            add_key(administration_id, 1)
    raise SealBroken


def add_key(administration_id: int, version: int) -> None:
    """Adds a fresh key of the version; where another act just did, that one stays."""
    wrapped = seal(installation_key(), new_key(), place(_TABLE, administration_id, version))
    row = NominalKey(administration_id=administration_id, version=version, wrapped=wrapped)
    NominalKey.unguarded.bulk_create([row], ignore_conflicts=True)


def _held(administration_id: int) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [administration_id])
        return {version: bytes(wrapped) for version, wrapped in cursor.fetchall()}


def _unwrapped(administration_id: int, wrapped: Mapping[int, bytes]) -> KeyRing:
    wrapping = installation_key()
    return KeyRing(
        administration_id,
        {
            version: unseal(wrapping, sealed, place(_TABLE, administration_id, version))
            for version, sealed in wrapped.items()
        },
    )
