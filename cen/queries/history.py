"""What happened to a case: its versions, the decisions on them, and who did what when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import LiaisonOffice, Officer
from audit.models import Event
from audit.verbs import Verb
from cen.codelists import lists
from cen.lifecycle import EDITABLE, CaseState
from cen.models import Case, Decision, ReleasedCase

SHOWN = 200
# Acts that changed something; who merely read is for the audit.
LABELS: dict[str, Any] = {
    Verb.CASE_RECORDED: gettext_lazy("Recorded"),
    Verb.CASE_AMENDED: gettext_lazy("Changed"),
    Verb.CASE_SUBMITTED: gettext_lazy("Sent to the contact point"),
    Verb.CASE_CHECKED: gettext_lazy("Checked"),
    Verb.CASE_SENT_BACK: gettext_lazy("Sent back to the officer"),
    Verb.CASE_RELEASED: gettext_lazy("Released"),
    Verb.CASE_KEPT: gettext_lazy("Kept by the administration"),
    Verb.CASE_RECALLED: gettext_lazy("Recalled"),
    Verb.CASE_CORRECTED: gettext_lazy("Opened for a correction"),
    Verb.CASE_CORRECTION_ABANDONED: gettext_lazy("Correction given up"),
    Verb.CASE_LINKED: gettext_lazy("Linked to another case"),
    Verb.CASE_UNLINKED: gettext_lazy("Link undone"),
    Verb.CASE_DISCARDED: gettext_lazy("Discarded"),
    Verb.RELEASED_ACCEPTED: gettext_lazy("Accepted and published"),
    Verb.RELEASED_RETURNED: gettext_lazy("Returned with reasons"),
    Verb.RELEASED_REJECTED: gettext_lazy("Rejected"),
    Verb.RELEASED_WITHDRAWN: gettext_lazy("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history, as `partials/timeline.html` shows it."""

    label: str
    at: datetime
    who: str
    text: str = ""


def editions_of(actor: Actor, case: Case) -> list[ReleasedCase]:
    """The released versions of the case, the newest first."""
    rows = policy_for(ReleasedCase).visible_to(actor, Action.READ).filter(case_id=case.pk)
    return list(rows.defer("body").order_by("-edition"))


def decisions_of(actor: Actor, editions: Iterable[ReleasedCase]) -> dict[Any, Decision]:
    """The decision on each version, by the version's id."""
    rows = policy_for(Decision).visible_to(actor, Action.READ)
    return {one.released_case_id: one for one in rows.filter(released_case__in=[one.pk for one in editions])}


def what_to_answer(case: Case, editions: list[ReleasedCase], decisions: dict[Any, Decision]) -> Decision | None:
    """The decision by which the newest version came back, as long as the case is open because of it."""
    if not editions or case.state not in EDITABLE | {CaseState.REJECTED}:
        return None
    return decisions.get(editions[0].pk)


def history_of(actor: Actor, case: Case, editions: list[ReleasedCase], decisions: dict[Any, Decision]) -> list[Step]:
    """The acts on the case and its versions, the newest first; at most SHOWN.

    The trail has no policy of its own: whoever may read the case may read what was done to it.
    """
    policy_for(Case).require(actor, Action.READ, case)
    objects = [str(case.pk), *(str(one.pk) for one in editions)]
    rows = Event.unguarded.filter(
        object_kind__in=("case", "released_case"), object_id__in=objects, verb__in=list(LABELS)
    )
    events = list(rows.order_by("-occurred_at")[:SHOWN])
    people = _people(actor, case, events)
    offices = {one.pk: one.name for one in policy_for(LiaisonOffice).visible_to(actor, Action.READ)}
    decided = {str(key): one for key, one in decisions.items()}
    return [
        Step(
            str(LABELS[event.verb]),
            event.occurred_at,
            _who(event, people, offices),
            _text(event, decided.get(event.object_id)),
        )
        for event in events
    ]


def _people(actor: Actor, case: Case, events: list[Event]) -> dict[str, str]:
    ours = {one.actor_id for one in events if one.administration_id == case.administration_id}
    rows = policy_for(Officer).visible_to(actor, Action.READ).filter(pk__in=[one for one in ours if len(one) == 36])
    return {str(key): name for key, name in rows.values_list("pk", "display_name")}


def _who(event: Event, people: dict[str, str], offices: dict[int, str]) -> str:
    """A colleague by name; others by their office."""
    if event.actor_kind == "client":
        return _("A machine client")
    if event.actor_id in people:
        return people[event.actor_id]
    return offices.get(event.liaison_office_id or 0, _("Secretariat"))


def _text(event: Event, decision: Decision | None) -> str:
    facts = event.facts
    said = [_("Version %s") % facts["edition"]] if "edition" in facts else []
    if reason := facts.get("reason"):
        said.append(lists.label("correction_reason", reason))
    if decision is not None and event.verb != Verb.RELEASED_WITHDRAWN:
        said += [lists.label("return_reason", code) for code in decision.reasons]
        said += [decision.text] if decision.text else []
    said += [str(one["reason"]) for one in facts.get("justified", ())]
    return ". ".join(said)
