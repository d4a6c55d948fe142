"""A message as a reader sees it: who said it, what it says, and how far it may be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cenlink.sealed.refusals import SENTENCES, Code


class Standing(StrEnum):
    """Only what is trusted is acted upon; everything else is shown with its sentence."""

    TRUSTED = "trusted"
    LATE = "late"
    WITHDRAWN_KEY = "withdrawn_key"
    SET_ASIDE = "set_aside"
    UNREADABLE = "unreadable"
    NEWER = "newer"
    TAKEN_BACK = "taken_back"
    PURGED = "purged"
    WITHHELD = "withheld"


_SAID = {
    Standing.TRUSTED: "",
    Standing.TAKEN_BACK: "Taken back by its author or a manager.",
    Standing.PURGED: "Purged by retention.",
    Standing.WITHHELD: "Withheld by the server.",
}


@dataclass(frozen=True)
class Entry:
    """Number `i` of a group. Times are unix seconds: `at` is the author's word, `received_at` the server's.

    `body` is there when it opened, for late and withdrawn ones too; `missing`: messages are missing before it.
    """

    i: int
    lhash: bytes
    standing: Standing
    code: Code | None = None
    detail: str = ""
    author: bytes | None = None
    name: str = ""
    administration: str = ""
    at: int = 0
    received_at: int = 0
    body: dict[str, Any] | None = field(default=None, repr=False)
    missing: bool = False
    doubled: bool = False

    @property
    def sentence(self) -> str:
        if self.standing in _SAID:
            return _SAID[self.standing]
        said = SENTENCES[self.code] if self.code else ""
        return f"{said} ({self.detail})" if self.detail else said

    @property
    def text(self) -> str:
        return str(self.body["body"]) if self.body else ""

    @property
    def files(self) -> list[str]:
        return [str(file["name"]) for file in self.body["files"]] if self.body else []

    def as_json(self) -> dict[str, Any]:
        """Without keys of files; ids and hashes as hex."""
        said = _shown(self.body) if self.body else None
        return {
            "i": self.i,
            "lhash": self.lhash.hex(),
            "standing": str(self.standing),
            "code": str(self.code) if self.code else None,
            "sentence": self.sentence,
            "author": self.author.hex() if self.author else None,
            "name": self.name,
            "administration": self.administration,
            "at": self.at,
            "received_at": self.received_at,
            "body": said,
            "missing_before": self.missing,
            "doubled": self.doubled,
        }


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items() if name not in {"key", "ph"}}
    return [_shown(one) for one in value] if isinstance(value, list) else value
