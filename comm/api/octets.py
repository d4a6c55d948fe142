"""Byte strings in JSON: base64url without padding, read strictly (sealed-protocol §3.1)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from comm.admission.refused import NotAdmitted

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*\Z")
_HEX16 = re.compile(r"[0-9a-f]{32}\Z")


def written(data: bytes | memoryview) -> str:
    return base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=")


def octets(value: Any, name: str) -> bytes:
    """The bytes of a member of a document. Raises NotAdmitted for every other spelling of them."""
    if not isinstance(value, str) or not _ALPHABET.match(value):
        raise NotAdmitted(f"{name} has to be base64url without padding.", code="schema")
    try:
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except binascii.Error:
        raise NotAdmitted(f"{name} is cut off.", code="schema") from None
    if written(data) != value:
        raise NotAdmitted(f"{name} has bits after its end.", code="schema")
    return data


def member(document: Any, name: str) -> bytes:
    """The bytes of a member that has to be there."""
    if not isinstance(document, dict) or name not in document:
        raise NotAdmitted(f"{name} is missing.", code="schema")
    return octets(document[name], name)


def id_of(text: str) -> bytes:
    """An id in an address. Raises NotAdmitted."""
    if not _HEX16.match(text):
        raise NotAdmitted("An id has 32 hexadecimal digits.", code="schema")
    return bytes.fromhex(text)
