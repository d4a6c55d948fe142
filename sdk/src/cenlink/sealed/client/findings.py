"""What a client found wrong or worth knowing, in a sentence, with the signed objects that prove it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cenlink.sealed.refusals import SENTENCES, Code


class Kind(StrEnum):
    """Alarms first, then what is only told."""

    FORK = "fork"
    ROLLBACK = "rollback"
    SPLIT = "split"
    WITHHELD = "withheld"
    INVALID = "invalid"
    WITHDRAWN_KEY = "withdrawn_key"
    NOT_BY_ME = "not_by_me"
    RESTORED = "restored"
    BAD_KEY = "bad_key"
    BAD_BACK_LINK = "bad_back_link"
    OLDER_VIEW = "older_view"
    SET_ASIDE = "set_aside"
    LATE = "late"
    MISSING = "missing"
    REORDERED = "reordered"
    DOUBLED = "doubled"
    CLOCK = "clock"
    KEY_CHANGED = "key_changed"
    CUT_OFF = "cut_off"
    NOT_SENT = "not_sent"
    SUCCEEDED = "succeeded"


# These are told without alarm: they happen in an honest network too.
_QUIET = {Kind.LATE, Kind.MISSING, Kind.DOUBLED, Kind.CLOCK, Kind.KEY_CHANGED, Kind.CUT_OFF, Kind.NOT_SENT}
# After one of these nothing more is sent where it was found.
STOPPING = {Kind.FORK, Kind.ROLLBACK}


@dataclass(frozen=True)
class Finding:
    """`where` names chain, link, message or account, ids as hex; `objects` are signed objects, the kept one first."""

    kind: Kind
    code: Code
    where: dict[str, Any]
    detail: str = ""
    objects: tuple[bytes, ...] = ()
    at: int = 0
    group: bytes | None = field(default=None)

    @property
    def alarm(self) -> bool:
        return self.kind not in _QUIET

    @property
    def sentence(self) -> str:
        said = _SAID.get(self.kind) or SENTENCES[self.code]
        return f"{said} ({self.detail})" if self.detail else said

    def as_json(self) -> dict[str, Any]:
        """For people and programs elsewhere; bytes as base64url without padding, `at` in unix seconds."""
        return {
            "kind": str(self.kind),
            "code": str(self.code),
            "alarm": self.alarm,
            "sentence": self.sentence,
            "group": None if self.group is None else self.group.hex(),
            "where": self.where,
            "objects": [urlsafe_b64encode(raw).decode().rstrip("=") for raw in self.objects],
            "at": self.at,
        }


_SAID = {
    Kind.SPLIT: "A member was shown another history than you. Compare the codes with that member by another way.",
    Kind.WITHHELD: "The server withholds something that others have seen. Try again; if that does not help, tell your "
    "contact point.",
    Kind.NOT_BY_ME: "Your account changed and this device did not do it. If none of your devices did, tell your "
    "contact point at once.",
    Kind.RESTORED: "This folder is older than what was sent from it. If it was not restored from a backup, somebody "
    "has a copy.",
    Kind.BAD_BACK_LINK: "The link to earlier messages is broken; the next change of key mends it.",
    Kind.OLDER_VIEW: "The author was shown an older state of the network than before. Tell the author.",
    Kind.MISSING: "Messages are missing before this one.",
    Kind.REORDERED: "Messages of one device stand in another order than they were written.",
    Kind.DOUBLED: "Two messages bear the same number; both are shown.",
    Kind.CLOCK: "A link is dated more than a day ahead; its author's clock is wrong.",
    Kind.KEY_CHANGED: "A member has a new key.",
    Kind.CUT_OFF: "The server shows this group no longer: you were removed, or it is withheld. Ask a member.",
    Kind.NOT_SENT: "A message that was waiting could not be sent any more. Write it anew.",
    Kind.SUCCEEDED: "A successor took over as manager, because no manager was left. Ask its administration.",
}
