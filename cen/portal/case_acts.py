"""What can be done with a case: which page, under which name, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from cen.models import Case
from cen.models.case import CaseKind


@dataclass(frozen=True, slots=True)
class CaseAct:
    """An act of the policy of cases and its page; look: '', `primary` or `danger`."""

    action: Action
    url_name: str
    label: Any
    look: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that this person may do to this case."""

    label: Any
    url: str
    look: str


# In the order in which they are offered.
ACTS = (
    CaseAct(Action.AMEND, "edit_case", _("Change")),
    CaseAct(Action.SUBMIT, "send_case", _("Check and send"), "primary"),
    CaseAct(Action.CHECK, "check_case", _("National check"), "primary"),
    CaseAct(Action.RELEASE, "release_case", _("Look and release"), "primary"),
    CaseAct(Action.SEND_BACK, "send_back_case", _("Send back")),
    CaseAct(Action.KEEP, "keep_case", _("Keep")),
    CaseAct(Action.RECALL, "recall_case", _("Recall")),
    CaseAct(Action.CORRECT, "correct_case", _("Correct")),
    CaseAct(Action.ABANDON, "abandon_correction", _("Give the correction up")),
    CaseAct(Action.WITHDRAW, "withdraw_case", _("Withdraw"), "danger"),
    CaseAct(Action.LINK, "link_case", _("Link to another case")),
    CaseAct(Action.DISCARD, "discard_case", _("Discard"), "danger"),
)


def acts_for(actor: Actor, case: Case) -> list[Offered]:
    """The acts that the policy allows this person on this case."""
    policy = policy_for(Case)
    return [
        Offered(one.label, reverse(_page_of(one, case), args=[case.pk]), one.look)
        for one in ACTS
        if policy.allows(actor, one.action, case)
    ]


def _page_of(act: CaseAct, case: Case) -> str:
    """An incident is changed on a page of its own."""
    return "edit_incident" if act.action is Action.AMEND and case.kind == CaseKind.INCIDENT else act.url_name
