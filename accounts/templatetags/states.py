"""How each state looks in the portal: its word, its tone, its sign. Colour is never the only difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Look:
    """tone is one of '', info, ok, warn, bad; icon is a drawing of static/icons.svg."""

    label: Any
    tone: str
    icon: str


LOOKS: dict[str, Look] = {
    # A record on its way to the network.
    "draft": Look(_("Draft"), "", "draft"),
    "submitted": Look(_("Submitted"), "warn", "clock"),
    "checked": Look(_("Checked"), "info", "check"),
    "released": Look(_("Released"), "warn", "clock"),
    "accepted": Look(_("Accepted"), "ok", "done"),
    "validated": Look(_("Validated"), "ok", "done"),
    "returned": Look(_("Returned"), "bad", "return"),
    "rejected": Look(_("Rejected"), "bad", "refused"),
    "recalled": Look(_("Recalled"), "", "return"),
    "published": Look(_("Published"), "ok", "published"),
    "correcting": Look(_("Being corrected"), "info", "edit"),
    "corrected": Look(_("Corrected"), "info", "edit"),
    "superseded": Look(_("Superseded"), "", "history"),
    "withdrawn": Look(_("Withdrawn"), "", "withdrawn"),
    "kept": Look(_("Kept by the administration"), "", "lock"),
    "discarded": Look(_("Discarded"), "", "withdrawn"),
    # An incident being handled.
    "new": Look(_("New"), "warn", "incident"),
    "triaged": Look(_("Triaged"), "info", "filter"),
    "assigned": Look(_("Assigned"), "info", "person"),
    "in_progress": Look(_("In progress"), "info", "clock"),
    "awaiting_feedback": Look(_("Awaiting feedback"), "warn", "clock"),
    "resolved": Look(_("Resolved"), "ok", "done"),
    "closed": Look(_("Closed"), "", "lock"),
    "reopened": Look(_("Reopened"), "warn", "return"),
    # A disclosure of nominal detail.
    "asked": Look(_("Asked"), "warn", "clock"),
    "requested": Look(_("Requested"), "warn", "clock"),
    "granted": Look(_("Granted"), "ok", "unlock"),
    "refused": Look(_("Refused"), "bad", "refused"),
    "expired": Look(_("Expired"), "", "clock"),
    "revoked": Look(_("Revoked"), "", "withdrawn"),
    # A long job, such as an import.
    "uploaded": Look(_("Uploaded"), "", "upload"),
    "matching": Look(_("Match columns"), "warn", "edit"),
    "waiting": Look(_("Waiting"), "", "clock"),
    "queued": Look(_("Waiting"), "", "clock"),
    "checking": Look(_("Checking"), "info", "clock"),
    "sending": Look(_("Sending"), "info", "upload"),
    "running": Look(_("Running"), "info", "clock"),
    "ready": Look(_("Ready"), "ok", "done"),
    "done": Look(_("Done"), "ok", "done"),
    "cancelled": Look(_("Cancelled"), "", "withdrawn"),
    "dead": Look(_("Given up"), "bad", "refused"),
    "failed": Look(_("Failed"), "bad", "refused"),
    # A person's account or posting; an alert in the inbox.
    "active": Look(_("Active"), "ok", "done"),
    "invited": Look(_("Invited"), "warn", "mail"),
    "ended": Look(_("Ended"), "", "withdrawn"),
    "ends_soon": Look(_("Ends soon"), "warn", "clock"),
    "locked": Look(_("Locked"), "bad", "lock"),
    "read": Look(_("Read"), "", "check"),
    "unread": Look(_("Unread"), "warn", "bell"),
    "acknowledged": Look(_("Acknowledged"), "ok", "check"),
    "possible_duplicate": Look(_("Possible duplicate"), "warn", "duplicate"),
}


def look_of(state: str) -> Look:
    """The look of a state; an unknown one is shown by its own word, without colour."""
    key = state.strip().lower().replace("-", "_").replace(" ", "_")
    return LOOKS.get(key) or Look(state.replace("_", " ").capitalize(), "", "info")
