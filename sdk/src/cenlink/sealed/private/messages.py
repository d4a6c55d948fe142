"""Messages sealed and opened (sealed-protocol §6)."""

from __future__ import annotations

import secrets
from typing import Any

from cenlink.sealed.checks.messages import Message, read_message
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.private.attachments import require_agreement
from cenlink.sealed.private.bodies import read_body, write_body
from cenlink.sealed.private.epochs import epoch_key
from cenlink.sealed.private.keys import Keys, sign
from cenlink.sealed.private.sealing import pad, seal, unpad, unseal
from cenlink.sealed.refusals import Code, Refused


def new_id() -> bytes:
    return secrets.token_bytes(16)


def seal_message(header: dict[str, Any], body: dict[str, Any], secret: bytes, keys: Keys) -> Message:
    """`header` is everything but `k` and `cth`. Refused: `schema` and `newer` for a body we would not read."""
    header = {"k": "msg", **header}
    require_agreement(header["att"], body["files"])
    ct = seal(epoch_key(secret, header["g"], header["n"], "msg"), header, pad(write_body(body)))
    return read_message(sign({**header, "cth": sha256(ct)}, keys), ct)


def open_message(message: Message, secret: bytes) -> dict[str, Any]:
    """The body. Who wrote it and whether it is timely was asked before (`checks.messages`).

    Refused: `sealed`, `padding`, `cbor`, `schema`, `newer`, `file`.
    """
    if message.ct is None:
        raise Refused(Code.SEALED, "its content is no longer kept")
    content = message.content
    plain = unseal(epoch_key(secret, content["g"], content["n"], "msg"), message.header, message.ct)
    body = read_body(unpad(plain))
    require_agreement(content["att"], body["files"])
    return body
