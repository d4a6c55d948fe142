"""A warning notice as written, and the allow-list of what of it leaves. Nothing nominal has a field here."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from cen.addressees import Chosen
from cen.models.warning import FollowKind, WarningNotice

# What the body of a notice holds. Identifiers that point to people or to live targets have no place in it.
BODY = (
    *("urgency", "categories", "hs_codes", "what", "modes", "conveyance_types", "departure", "transit"),
    *("destination", "places", "concealment_places", "indicators", "requested_actions", "asked", "confidence"),
    *("grading_source", "grading_information", "valid_until", "pap", "handling_codes", "based_on"),
)
# Texts a person wrote: searched for leftovers before issuing.
TEXTS = ("title", "what", "places", "asked")
# Code lists of the columns; of those in SEVERAL there may be many.
LISTS = {
    "urgency": "urgency",
    "categories": "category",
    "modes": "transport_mode",
    "conveyance_types": "conveyance_type",
    "departure": "country",
    "transit": "country",
    "destination": "country",
    "concealment_places": "concealment_place",
    "indicators": "indicator",
    "requested_actions": "requested_action",
    "confidence": "analytic_confidence",
    "grading_source": "grading_source",
    "grading_information": "grading_information",
    "tlp": "tlp",
    "pap": "pap",
    "handling_codes": "handling_code",
}


@dataclass(slots=True)
class WarningDraft:
    """One field for each answer; codes are those of LISTS. `follows` is the notice that this one follows."""

    title: str = ""
    what: str = ""
    asked: str = ""
    places: str = ""
    urgency: str = ""
    categories: list[str] = field(default_factory=list)
    hs_codes: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    conveyance_types: list[str] = field(default_factory=list)
    departure: list[str] = field(default_factory=list)
    transit: list[str] = field(default_factory=list)
    destination: list[str] = field(default_factory=list)
    concealment_places: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    requested_actions: list[str] = field(default_factory=list)
    confidence: str = ""
    grading_source: str = ""
    grading_information: str = ""
    valid_until: date | None = None
    tlp: str = "AMBER"
    pap: str = ""
    handling_codes: list[str] = field(default_factory=list)
    based_on: list[str] = field(default_factory=list)
    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None
    chosen: Chosen = field(default_factory=Chosen)
    follows: WarningNotice | None = None
    follow_kind: str = ""

    def body(self) -> dict[str, Any]:
        """What leaves, by the allow-list, as plain JSON values."""
        return {name: _plain(getattr(self, name)) for name in BODY}

    def texts(self) -> dict[str, str]:
        """Every free text that leaves, by its field."""
        return {name: text for name in TEXTS if (text := str(getattr(self, name)))}


def draft_following(notice: WarningNotice, kind: FollowKind) -> WarningDraft:
    """A new notice that starts from an older one: the same answers, but for the text of a withdrawal."""
    known = {one.name for one in fields(WarningDraft)}
    answers = {name: value for name, value in notice.body.items() if name in known and name != "valid_until"}
    draft = WarningDraft(**answers)
    draft.title, draft.tlp, draft.follows, draft.follow_kind = notice.title, notice.tlp, notice, kind
    draft.chosen = Chosen(administrations=frozenset(notice.addressee_ids))
    if kind == FollowKind.WITHDRAWAL:
        draft.what = draft.asked = ""
        draft.requested_actions = []
    elif until := notice.body.get("valid_until"):
        draft.valid_until = date.fromisoformat(until)
    return draft


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
