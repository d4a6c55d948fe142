"""Rules about a flash as written; each with its code, its sentence and its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.flash_draft import LISTS, NUMBERS, TEXTS, FlashDraft
from cen.identifiers.reading import read
from cen.models.flash import DRILL, FlashFollow
from cen.rules.naming import names_somebody

LONGEST = {"title": 120, "what": 2_000, "more": 1_000}
MOST_NUMBERS = 50
# Less than this nobody can keep; more than a day is a warning, not a flash.
SHORTEST, LONGEST_WAIT = 5, 24 * 60
# An opaque name of a sealed message: no blanks, so that no name of a person fits.
REFERENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9:/._-]{0,62}[A-Za-z0-9])?")
# What a marking forbids to ask for: RED watches only, AMBER allows what nobody notices.
_OPEN = {"HOLD", "SCREEN", "ISOLATE", "EVACUATE", "EOD", "DIVERT"}
FORBIDDEN_BY_PAP = {"RED": _OPEN | {"DNL", "MEASURE"}, "AMBER": _OPEN - {"SCREEN"}}
# Leftovers that always name somebody; others may be justified.
NAMING = frozenset({"passport_mrz", "passport_number", "iban"})


def flash_findings(draft: FlashDraft, *, addressees: int, now: datetime) -> list[Finding]:
    """What is wrong with the draft; empty where it may be issued. `addressees`: how many it would reach."""
    return [
        *_texts(draft),
        *_names(draft),
        *_codes(draft),
        *_numbers(draft),
        *_times(draft, now),
        *_addressing(draft, addressees),
    ]


def names_finding(words: str, pointer: str) -> Finding:
    """Somebody seems to be named: what to do with it."""
    sentence = _(
        "This seems to name a person or a company: “%s”. Take it out, send it as a sealed message, and give the "
        "reference of that message in this flash."
    )
    return Finding("names_somebody", sentence % words, pointer)


def _texts(draft: FlashDraft) -> Iterator[Finding]:
    if not draft.title.strip():
        yield Finding("title_missing", _("Give the flash a title."), "title")
    if draft.title.strip().upper().startswith(DRILL):
        yield Finding("title_says_drill", _("Choose the drill below instead of writing it into the title."), "title")
    if not draft.what.strip():
        ending = draft.follow_kind == FlashFollow.ALL_CLEAR
        yield Finding("what_missing", _("Say why it is over.") if ending else _("Say what is known."), "what")
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            yield Finding("text_too_long", _("Use at most %s characters.") % most, name)
    if draft.sealed_reference and not REFERENCE.fullmatch(draft.sealed_reference):
        sentence = _("Copy the reference of the sealed message: letters, digits and - . : / _ without blanks.")
        yield Finding("reference_unreadable", sentence, "sealed_reference")


def _names(draft: FlashDraft) -> Iterator[Finding]:
    for name in TEXTS:
        for words in names_somebody(str(getattr(draft, name))):
            yield names_finding(words, name)


def _codes(draft: FlashDraft) -> Iterator[Finding]:
    for name, code_list in LISTS.items():
        value = getattr(draft, name)
        for code in value if isinstance(value, list) else [value]:
            if code and not lists.is_valid(code_list, code):
                yield Finding("code_unknown", _("Choose from the list: %s is not on it.") % code[:20], name)
    if not draft.kind:
        yield Finding("kind_missing", _("Choose what kind of flash it is."), "kind")
    if not draft.tlp:
        yield Finding("tlp_missing", _("Choose who may see it (TLP)."), "tlp")
    if draft.asks and not draft.actions:
        yield Finding("action_missing", _("Say what is to be done at once."), "actions")
    for code in draft.actions:
        if code in FORBIDDEN_BY_PAP.get(draft.pap, ()):
            sentence = _("PAP:%(pap)s does not allow this: %(action)s. Change the marking, or what is asked.")
            words = {"pap": draft.pap, "action": lists.label("immediate_action", code)}
            yield Finding("pap_forbids", sentence % words, "actions")


def _numbers(draft: FlashDraft) -> Iterator[Finding]:
    for name, kind in NUMBERS.items():
        given = getattr(draft, name)
        if len(given) > MOST_NUMBERS:
            yield Finding("too_many_numbers", _("Give at most %s numbers.") % MOST_NUMBERS, name)
        for raw in given[:MOST_NUMBERS]:
            reading = read(kind, raw)
            if reading.verdict == "doubtful":
                sentence = f"{raw[:40]}: {reading.sentence}"
                yield Finding("number_doubtful", sentence, name, suggestion=", ".join(reading.suggestion[:3]))


def _times(draft: FlashDraft, now: datetime) -> Iterator[Finding]:
    within = draft.acknowledge_within
    if draft.asks and (within is None or not SHORTEST <= within <= LONGEST_WAIT):
        sentence = _("Give from %(least)s minutes to %(most)s (a day) to acknowledge it.")
        words = {"least": SHORTEST, "most": LONGEST_WAIT}
        yield Finding("deadline_wrong", sentence % words, "acknowledge_within")
    if draft.next_update_at and draft.next_update_at <= now:
        yield Finding("next_update_past", _("This moment is over. Choose a later one."), "next_update_at")


def _addressing(draft: FlashDraft, addressees: int) -> Iterator[Finding]:
    if not addressees:
        sentence = _("Choose at least one administration other than yours, a region, a liaison office, or all.")
        yield Finding("addressee_missing", sentence, "administrations")
    if draft.tlp == "RED" and not draft.chosen.by_name:
        sentence = _("TLP:RED is for named recipients only: choose administrations one by one.")
        yield Finding("red_not_by_name", sentence, "everyone" if draft.chosen.everyone else "regions")
