"""Rules about feedback on a warning; each with its code, its sentence and its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.feedback_draft import NO_RESULT, NOT_CONTROLLED, FeedbackDraft
from cen.leftovers import find_leftovers
from cen.rules.naming import names_somebody

LONGEST_COMMENT, MOST_HOURS, SHORTEST_WHY = 1_000, Decimal(1_000), 10


def feedback_findings(draft: FeedbackDraft, *, indicators: Collection[str], now: datetime) -> list[Finding]:
    """What is wrong with it; `indicators` are those that the warning gave."""
    return [*_codes(draft, indicators), *_outcome(draft), *_facts(draft, now), *_comment(draft)]


def _codes(draft: FeedbackDraft, indicators: Collection[str]) -> Iterator[Finding]:
    single = (("control_done", "control_done"), ("result", "feedback_result"))
    for name, code_list in single:
        code = getattr(draft, name)
        if not code:
            yield Finding("answer_missing", _("Choose from the list."), name)
        elif not lists.is_valid(code_list, code):
            yield Finding("code_unknown", _("Choose from the list: %s is not on it.") % code[:20], name)
    for code in draft.techniques:
        if not lists.is_valid("detection_technique", code):
            yield Finding("code_unknown", _("Choose from the list: %s is not on it.") % code[:20], "techniques")
    for code in draft.indicators_confirmed:
        if code not in indicators:
            sentence = _("The warning does not give this indicator: %s.") % code[:20]
            yield Finding("indicator_not_given", sentence, "indicators_confirmed")


def _outcome(draft: FeedbackDraft) -> Iterator[Finding]:
    if not draft.control_done or not draft.result:
        return
    if (draft.control_done in NOT_CONTROLLED) != (draft.result == NO_RESULT):
        sentence = _("The result does not fit what was done: no control has no result, and every control has one.")
        yield Finding("result_does_not_fit", sentence, "result")
    if draft.control_done == "IMPOSSIBLE" and len(draft.comment.strip()) < SHORTEST_WHY:
        sentence = _("Say in at least 10 characters why the control was not possible.")
        yield Finding("why_missing", sentence, "comment")
    if draft.control_done in NOT_CONTROLLED and draft.indicators_confirmed:
        sentence = _("Indicators are confirmed by a control only.")
        yield Finding("indicator_unproven", sentence, "indicators_confirmed")


def _facts(draft: FeedbackDraft, now: datetime) -> Iterator[Finding]:
    if draft.controlled_at and draft.controlled_at > now:
        yield Finding("moment_ahead", _("This moment has not come yet."), "controlled_at")
    if draft.hours is not None and not 0 <= draft.hours <= MOST_HOURS:
        yield Finding("hours_unlikely", _("Give the hours spent, from 0 to %s.") % MOST_HOURS, "hours")
    if draft.usefulness is not None and not 1 <= draft.usefulness <= 5:
        yield Finding("usefulness_unreadable", _("Give a number from 1 (of no use) to 5 (decisive)."), "usefulness")


def _comment(draft: FeedbackDraft) -> Iterator[Finding]:
    if len(draft.comment) > LONGEST_COMMENT:
        yield Finding("text_too_long", _("Use at most %s characters.") % LONGEST_COMMENT, "comment")
    for words in names_somebody(draft.comment):
        sentence = _("This seems to name a person or a company: “%s”. Take it out: feedback names nobody.") % words
        yield Finding("names_somebody", sentence, "comment")
    for one in find_leftovers({"comment": draft.comment}):
        sentence = _("This points at a person: “%s”. Take it out: feedback names nobody.") % one.excerpt
        yield Finding("leftover", sentence, "comment")
