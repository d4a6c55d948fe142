"""Offline keys of an authority, each in a file under a passphrase (this client's own format, never sent)."""

from __future__ import annotations

from pathlib import Path

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.schema import ID, closed, number, octets, one_of
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.private.keys import Keys, derive, new_seed
from cenlink.sealed.private.sealing import seal, unseal
from cenlink.sealed.private.slots import Stretching, new_salt, stretching_of
from cenlink.sealed.refusals import Code, Refused

_SHAPE = closed(
    {
        "v": one_of(1),
        "kid": ID,
        "salt": octets(16),
        "m": number(),
        "t": number(),
        "p": number(),
        "ct": octets(most=1024),
    }
)


def make(target: Path, passphrase: str) -> Keys:
    """A new key in a file of mode 0600. Raises FileExistsError: a key is never overwritten."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    seed, stretching = new_seed(), Stretching(new_salt())
    keys = Keys(seed)
    ct = seal(_key(passphrase, stretching), _context(keys.kid), seed)
    write_closed(target, enc({"v": 1, "kid": keys.kid, "ct": ct, **stretching.as_fields()}))
    return keys


def read(source: Path, passphrase: str) -> Keys:
    """Refused: `sealed` (wrong passphrase), `cbor` and `schema` (not a key file), `kdf`."""
    content = dec(source.read_bytes())
    _SHAPE(content, "key file")
    keys = Keys(unseal(_key(passphrase, stretching_of(content)), _context(content["kid"]), content["ct"]))
    if keys.kid != content["kid"]:
        raise Refused(Code.KEY, "the file holds another key than it says")
    return keys


def _key(passphrase: str, stretching: Stretching) -> bytes:
    return derive(stretching.stretched(passphrase), b"cenlink/1/key-file")


def _context(kid: bytes) -> list[str | bytes]:
    return ["cenlink/1/key-file", kid]
