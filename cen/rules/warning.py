"""Rules about a warning notice as written; each with its code, its sentence and its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.models.warning import FollowKind
from cen.warning_draft import LISTS, WarningDraft

LONGEST = {"title": 160, "what": 4_000, "asked": 1_000, "places": 300}
# A deadline further away than this is no deadline.
LATEST_DEADLINE = timedelta(days=60)


def warning_findings(draft: WarningDraft, *, addressees: int, now: datetime) -> list[Finding]:
    """What is wrong with the draft; empty where it may be issued. `addressees`: how many it would reach."""
    return [*_texts(draft), *_codes(draft), *_times(draft, now), *_addressing(draft, addressees)]


def _texts(draft: WarningDraft) -> Iterator[Finding]:
    if not draft.title.strip():
        yield Finding("title_missing", _("Give the warning a title."), "title")
    if not draft.what.strip():
        withdrawal = draft.follow_kind == FollowKind.WITHDRAWAL
        sentence = _("Say why it is withdrawn.") if withdrawal else _("Say what to look out for.")
        yield Finding("what_missing", sentence, "what")
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            yield Finding("text_too_long", _("Use at most %s characters.") % most, name)


def _codes(draft: WarningDraft) -> Iterator[Finding]:
    for name, code_list in LISTS.items():
        value = getattr(draft, name)
        for code in value if isinstance(value, list) else [value]:
            if code and not lists.is_valid(code_list, code):
                yield Finding("code_unknown", _("Choose from the list: %s is not on it.") % code[:20], name)
    if not draft.urgency:
        yield Finding("urgency_missing", _("Choose how urgent it is."), "urgency")
    if not draft.tlp:
        yield Finding("tlp_missing", _("Choose who may see it (TLP)."), "tlp")
    for heading in draft.hs_codes:
        if not (heading.isascii() and heading.isdigit() and len(heading) in {2, 4, 6}):
            yield Finding("hs_unreadable", _("HS headings have 2, 4 or 6 digits."), "hs_codes")


def _times(draft: WarningDraft, now: datetime) -> Iterator[Finding]:
    deadline = draft.acknowledge_by
    if deadline is None:
        yield Finding("deadline_missing", _("Say by when it must be acknowledged."), "acknowledge_by")
    elif deadline <= now:
        yield Finding("deadline_past", _("This moment is over. Choose a later one."), "acknowledge_by")
    elif deadline > now + LATEST_DEADLINE:
        yield Finding("deadline_far", _("Choose a moment within the next 60 days."), "acknowledge_by")
    answer = draft.answer_by
    if answer is not None and deadline is not None and answer < deadline:
        sentence = _("Nobody can act before he took note: choose a moment after the one to acknowledge by.")
        yield Finding("answer_too_early", sentence, "answer_by")
    elif answer is not None and answer > now + LATEST_DEADLINE:
        yield Finding("deadline_far", _("Choose a moment within the next 60 days."), "answer_by")
    if answer is not None and not draft.requested_actions:
        yield Finding("action_missing", _("Say what is asked until then."), "requested_actions")
    if draft.valid_until and draft.valid_until < now.date():
        yield Finding("validity_past", _("This day is over. Choose a later one."), "valid_until")


def _addressing(draft: WarningDraft, addressees: int) -> Iterator[Finding]:
    if not addressees:
        sentence = _("Choose at least one administration other than yours, a region or a liaison office.")
        yield Finding("addressee_missing", sentence, "administrations")
    if draft.tlp == "RED" and not draft.chosen.by_name:
        sentence = _("TLP:RED is for named recipients only: choose administrations one by one.")
        yield Finding("red_not_by_name", sentence, "regions")
