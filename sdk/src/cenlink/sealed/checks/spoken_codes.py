"""Codes that people read, compare and type: Crockford's base32, without letters that look like digits."""

from __future__ import annotations

from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.refusals import Code, Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD_AS = str.maketrans("OIL", "011")
ADMINISTRATION_CODE_BYTES = 13
SECRET_KEY_MARK = "C1"  # noqa: S105  (a printed prefix, not a secret)


def crockford(data: bytes) -> str:
    """5 bits a character; the last one is filled with zero bits."""
    bits = int.from_bytes(data, "big") << -len(data) * 8 % 5
    length = -(-len(data) * 8 // 5)
    return "".join(ALPHABET[bits >> 5 * (length - 1 - at) & 31] for at in range(length))


def from_crockford(typed: str, length: int) -> bytes:
    """The bytes typed; spaces and hyphens are free, O reads 0, I and L read 1. Refused: `schema`."""
    letters = "".join(typed.upper().split()).replace("-", "").translate(_HEARD_AS)
    if len(letters) != -(-length * 8 // 5) or any(letter not in ALPHABET for letter in letters):
        raise Refused(Code.SCHEMA, "the code was not typed completely, or with a wrong letter")
    bits = 0
    for letter in letters:
        bits = bits << 5 | ALPHABET.index(letter)
    spare = -length * 8 % 5
    if bits & (1 << spare) - 1:
        raise Refused(Code.SCHEMA, "the code's last letter is wrong")
    return (bits >> spare).to_bytes(length, "big")


def in_groups(code: str, size: int = 4) -> str:
    return "-".join(code[at : at + size] for at in range(0, len(code), size))


def administration_code(genesis: bytes) -> str:
    """What two contact points read to each other, once: 104 bits of the administration's genesis."""
    return in_groups(crockford(genesis[:ADMINISTRATION_CODE_BYTES]))


def secret_key_text(secret: bytes) -> str:
    """The printed Secret Key: 16 bytes and two to catch a slip of the pen."""
    return f"{SECRET_KEY_MARK}-{in_groups(crockford(secret + sha256(secret)[:2]))}"


def secret_key_typed(typed: str) -> bytes:
    """Refused: `schema`."""
    letters = "".join(typed.upper().split()).replace("-", "").translate(_HEARD_AS)
    if not letters.startswith(SECRET_KEY_MARK):
        raise Refused(Code.SCHEMA, "a Secret Key begins with C1")
    data = from_crockford(letters[len(SECRET_KEY_MARK) :], 18)
    if sha256(data[:16])[:2] != data[16:]:
        raise Refused(Code.SCHEMA, "the Secret Key was not typed as it was printed")
    return data[:16]
