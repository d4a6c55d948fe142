"""A flash as written, and the allow-list of what of it leaves. What names a person or company has no field here."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from cen.addressees import Chosen
from cen.models.flash import DRILL, Flash, FlashFollow

# What the body of a flash holds. Numbers of consignments, containers, flights and ships point at goods that must be
# found within minutes; they go to the addressees alone.
BODY = (
    *("what", "waybills", "house_waybills", "containers", "flights", "ships", "places", "actions", "more"),
    *("informed", "facility_status", "next_update_at", "sealed_reference", "pap", "handling_codes"),
)
# Texts a person wrote: searched for leftovers and for names before issuing.
TEXTS = ("title", "what", "more")
# Code lists of the columns that hold codes.
LISTS = {
    "kind": "flash_kind",
    "actions": "immediate_action",
    "informed": "body_informed",
    "facility_status": "facility_status",
    "tlp": "tlp",
    "pap": "pap",
    "handling_codes": "handling_code",
}
# Kinds of identifier of the columns that hold numbers, one a line.
NUMBERS = {
    "waybills": "awb",
    "house_waybills": "hawb",
    "containers": "container",
    "flights": "flight",
    "ships": "imo",
    "places": "locode",
}


@dataclass(slots=True)
class FlashDraft:
    """One field for each answer; codes are those of LISTS, numbers those of NUMBERS.

    acknowledge_within: minutes from issuing. sealed_reference: how the sealed message is called that holds what
    names somebody. `follows` is the edition that this one follows; an all-clear asks for nothing.
    """

    kind: str = ""
    title: str = ""
    what: str = ""
    waybills: list[str] = field(default_factory=list)
    house_waybills: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    flights: list[str] = field(default_factory=list)
    ships: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    more: str = ""
    informed: list[str] = field(default_factory=list)
    facility_status: str = ""
    next_update_at: datetime | None = None
    sealed_reference: str = ""
    tlp: str = "AMBER"
    pap: str = ""
    handling_codes: list[str] = field(default_factory=list)
    acknowledge_within: int | None = 15
    drill: bool = False
    chosen: Chosen = field(default_factory=Chosen)
    follows: Flash | None = None
    follow_kind: str = ""

    @property
    def asks(self) -> bool:
        """Whether its addressees must acknowledge it."""
        return self.follow_kind != FlashFollow.ALL_CLEAR

    @property
    def full_title(self) -> str:
        """The title as it is shown everywhere: a drill's begins with the word."""
        return f"{DRILL}: {self.title}" if self.drill else self.title

    def body(self) -> dict[str, Any]:
        """What leaves, by the allow-list, as plain JSON values."""
        return {name: _plain(getattr(self, name)) for name in BODY}

    def texts(self) -> dict[str, str]:
        """Every free text that leaves, by its field."""
        return {name: text for name in TEXTS if (text := str(getattr(self, name)))}


def draft_following(flash: Flash, kind: FlashFollow) -> FlashDraft:
    """A new edition that starts from an older one; an all-clear says anew what is known, and asks for nothing."""
    known = {one.name for one in fields(FlashDraft)}
    answers = {name: value for name, value in flash.body.items() if name in known and name != "next_update_at"}
    draft = FlashDraft(**answers, kind=flash.kind, tlp=flash.tlp, drill=flash.drill)
    draft.title = flash.title.removeprefix(f"{DRILL}: ")
    draft.chosen = Chosen(administrations=frozenset(flash.addressee_ids))
    draft.follows, draft.follow_kind = flash, kind
    if kind == FlashFollow.ALL_CLEAR:
        draft.what = draft.more = ""
        draft.actions, draft.acknowledge_within = [], None
    return draft


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
