"""Adding a device: the new one shows a code, an enrolled one hands everything over (AMENDMENTS H9, §10)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.schema import ID, TIME, closed, number, octets, one_of, or_null
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.spoken_codes import crockford, from_crockford, in_groups
from cenlink.sealed.private.keys import wing_public
from cenlink.sealed.private.sealing import seal_to, unseal_own, wing_opener
from cenlink.sealed.refusals import Code, Refused

REQUEST = closed({"k": one_of("link"), "u": ID, "dev": ID, "x": octets(1216), "at": TIME})
LONGEST_WAIT = 300
# Encoded pins of a few hundred groups.
LARGEST_PINS = 256 << 10
# Typed by hand: 100 bits that name the request and 40 that only the two devices know.
_TYPED_HASH, _TYPED_SECRET = 20, 8
_ANSWER = closed(
    {"auk": octets(32), "rev": number(1), "sk": or_null(octets(16)), "pins": octets(most=LARGEST_PINS), "k": octets(5)}
)


@dataclass(frozen=True)
class NewDevice:
    """The device that asks; `secret` never reaches the server."""

    uid: bytes
    dev: bytes
    seed: bytes
    secret: bytes
    request: bytes

    @classmethod
    def asking(cls, uid: bytes, dev: bytes, at: int) -> NewDevice:
        seed = secrets.token_bytes(32)
        request = enc({"k": "link", "u": uid, "dev": dev, "x": wing_public(seed), "at": at})
        return cls(uid, dev, seed, secrets.token_bytes(5), request)

    @property
    def code(self) -> str:
        """Shown by this device, typed or scanned at the enrolled one."""
        return in_groups(crockford(sha256(self.request))[:_TYPED_HASH] + crockford(self.secret))

    def received(self, answer: bytes) -> dict[str, Any]:
        """Refused: `sealed`, and `rights` when somebody answered who did not see the code."""
        info = ["comm/1/link", self.uid, self.dev, sha256(self.request)]
        content = dec(unseal_own(wing_opener(self.seed), info, answer))
        _ANSWER(content, "answer")
        if not hmac.compare_digest(content["k"], self.secret):
            raise Refused(Code.RIGHTS, "answered by somebody who did not see the code")
        return dict(content)


def answer(request: bytes, code: str, now: int, handed: dict[str, Any]) -> bytes:
    """What the enrolled device posts; `handed` holds auk, rev, sk and pins. Refused: `rights`, `late`, `schema`."""
    content = dec(request)
    REQUEST(content, "request")
    letters = "".join(code.upper().split()).replace("-", "")
    if len(letters) != _TYPED_HASH + _TYPED_SECRET:
        raise Refused(Code.SCHEMA, "the code has 28 letters")
    if crockford(sha256(request))[:_TYPED_HASH] != _heard(letters[:_TYPED_HASH]):
        raise Refused(Code.RIGHTS, "the code belongs to another request")
    if abs(now - content["at"]) > LONGEST_WAIT:
        raise Refused(Code.LATE, "the request is older than five minutes")
    secret = from_crockford(letters[_TYPED_HASH:], 5)
    info = ["comm/1/link", content["u"], content["dev"], sha256(request)]
    return seal_to(content["x"], info, enc({**handed, "k": secret}))


def _heard(letters: str) -> str:
    return letters.translate(str.maketrans("OIL", "011"))
