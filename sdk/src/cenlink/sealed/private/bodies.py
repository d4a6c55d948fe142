"""What a message says once it is open: closed maps by type (sealed-protocol §8)."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.messages import LARGEST_FILE, MOST_FILES
from cenlink.sealed.checks.schema import (
    HASH,
    ID,
    TIME,
    Rule,
    closed,
    number,
    octets,
    one_of,
    open_field,
    or_null,
    prose,
    several,
    text,
)
from cenlink.sealed.private.forms import FORMS
from cenlink.sealed.refusals import Code, Refused

LONGEST_BODY = 100_000
DESCRIPTOR = closed(
    {
        "aid": ID,
        "key": octets(32),
        "size": number(0, LARGEST_FILE),
        "csize": number(1, 2 * LARGEST_FILE),
        "ph": octets(most=32 * 256),
        "name": text(),
        "type": text(),
    }
)
HANDLING = closed(
    {
        "tlp": one_of("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"),
        "pap": or_null(one_of("RED", "AMBER", "GREEN", "CLEAR")),
        "codes": several(text(most=16), most=16),
        "grading": or_null(text(most=16)),
    }
)
_ALWAYS: dict[str, Rule] = {
    "t": text(most=16),
    "body": prose(most=LONGEST_BODY),
    "files": several(DESCRIPTOR, most=MOST_FILES),
    "re": or_null(HASH),
}
_FURTHER: dict[str, dict[str, Rule]] = {
    "msg": {},
    "bulletin": {
        "subj": text(),
        "handling": HANDLING,
        "to": several(ID, most=200),
        "valid_to": or_null(TIME),
        "ack_by": or_null(TIME),
        "version": number(1, 999),
    },
    "ack": {"kind": one_of("received", "read", "acknowledged"), "re": HASH},
    "withdraw": {"re": HASH},
    "form": {"form": one_of(*FORMS), "v": one_of(1), "fields": open_field},
}


def require_body(body: Any) -> None:
    """Refused: `schema`, `newer`."""
    kind = body.get("t") if isinstance(body, dict) else None
    if not isinstance(kind, str):
        raise Refused(Code.SCHEMA, "body: no type")
    if kind not in _FURTHER:
        raise Refused(Code.NEWER, f"a message of type {kind!r}")
    if kind == "form":
        _require_form(body)
    else:
        closed({**_ALWAYS, **_FURTHER[kind]}, {"x": open_field})(body, kind)


def _require_form(body: dict[str, Any]) -> None:
    name = body.get("form")
    if not isinstance(name, str) or name not in FORMS:
        raise Refused(Code.NEWER, f"form {name!r}")
    fields = {**_ALWAYS, "form": one_of(name), "v": one_of(1), "fields": FORMS[name]}
    if name == "T-06":
        fields["re"] = HASH
    closed(fields, {"x": open_field})(body, name)


def read_body(plain: bytes) -> dict[str, Any]:
    """Refused: `cbor`, `schema`, `newer`."""
    body: dict[str, Any] = dec(plain)
    require_body(body)
    return body


def write_body(body: dict[str, Any]) -> bytes:
    require_body(body)
    return enc(body)
