"""What the case room puts on the home page: own cases, the validation queue, warnings."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.portal.tasks_of_home import HomeTask, Suggestion, Urgency, register_suggestions, register_tasks
from cen.lifecycle import CaseState
from cen.models import Case, Flash, ReleasedCase, WarningNotice
from cen.queries.flashes import to_acknowledge as flashes_to_acknowledge
from cen.queries.warnings import to_acknowledge


@register_tasks
def own_case_tasks(actor: Actor) -> Iterator[HomeTask]:
    """Drafts of one's own, what came back, what waits for a check or a release: one query for all of them."""
    policy = policy_for(Case)
    if policy.possible(actor, Action.LIST) is not None:
        return
    mine = Q(author_id=actor.officer_id)
    may_amend = policy.possible(actor, Action.AMEND) is None and actor.officer_id is not None
    clauses = {
        "drafts": Q(state__in=[CaseState.DRAFT, CaseState.CORRECTING]) & mine if may_amend else None,
        "returned": Q(state=CaseState.RETURNED) if may_amend else None,
        "check": _rows_of(actor, Action.CHECK),
        "release": _releasable(actor),
    }
    wanted = {name: query for name, query in clauses.items() if query is not None}
    if not wanted:
        return
    answer = policy.visible_to(actor, Action.LIST).aggregate(
        **{name: Count("pk", filter=query) for name, query in wanted.items()},
        **{f"{name}_since": Min("updated_at", filter=query) for name, query in wanted.items()},
    )
    own = reverse("own_cases")
    lines = (
        ("returned", _("Returned with reasons: put right and send again"), f"{own}?state=returned", "return"),
        ("check", _("Cases to check"), f"{own}?state=submitted", "check"),
        ("release", _("Cases to release"), f"{own}?state=submitted", "release"),
        ("drafts", _("Your drafts to finish"), f"{own}?state=draft", "draft"),
    )
    for name, label, url, icon in lines:
        if name in wanted:
            yield HomeTask(label, answer[name], url, icon, oldest=answer[f"{name}_since"])


@register_tasks
def validation_tasks(actor: Actor) -> Iterator[HomeTask]:
    """What waits for the office in charge, and since when."""
    policy = policy_for(ReleasedCase)
    if policy.possible(actor, Action.QUEUE) is not None:
        return
    waiting = policy.visible_to(actor, Action.QUEUE)
    answer = waiting.aggregate(number=Count("pk"), oldest=Min("released_at"))
    yield HomeTask(_("Versions to validate"), answer["number"], reverse("queue"), "validate", oldest=answer["oldest"])


@register_tasks
def warning_tasks(actor: Actor) -> Iterator[HomeTask]:
    """Warnings that the administration has not acknowledged; late ones apart."""
    if policy_for(WarningNotice).possible(actor, Action.ACKNOWLEDGE) is not None:
        return
    late = Q(acknowledge_by__lt=timezone.now())
    answer = (
        to_acknowledge(actor)
        .order_by()
        .aggregate(
            late=Count("pk", filter=late),
            open=Count("pk", filter=~late),
            since=Min("acknowledge_by", filter=late),
            due=Min("acknowledge_by", filter=~late),
        )
    )
    url = reverse("warnings")
    yield HomeTask(
        _("Warnings to acknowledge: overdue"), answer["late"], url, "warning", Urgency.LATE, due=answer["since"]
    )
    yield HomeTask(_("Warnings to acknowledge"), answer["open"], url, "warning", due=answer["due"])


@register_tasks
def flash_tasks(actor: Actor) -> Iterator[HomeTask]:
    """Flashes that the administration has not acknowledged: always the loudest."""
    if policy_for(Flash).possible(actor, Action.ACKNOWLEDGE) is not None:
        return
    answer = flashes_to_acknowledge(actor).order_by().aggregate(number=Count("pk"), due=Min("acknowledge_by"))
    label = _("Flashes to acknowledge now")
    yield HomeTask(label, answer["number"], reverse("flashes"), "warning", Urgency.LATE, due=answer["due"])


@register_suggestions
def what_one_could_do(actor: Actor) -> Iterator[Suggestion]:
    """By role: record, look at what is published, warn."""
    if policy_for(Case).possible(actor, Action.CREATE) is None:
        text = _("The short form takes two minutes. Your contact point decides what leaves.")
        yield Suggestion(_("Record a seizure"), text, reverse("new_case"), "plus")
    if policy_for(ReleasedCase).possible(actor, Action.LIST) is None:
        text = _("Find what others seized, by goods, route and place.")
        yield Suggestion(_("Search published cases"), text, reverse("published"), "search")
    if policy_for(WarningNotice).possible(actor, Action.ISSUE) is None:
        text = _("Tell chosen administrations what to look out for, without names.")
        yield Suggestion(_("Issue a warning"), text, reverse("new_warning"), "warning")


def _rows_of(actor: Actor, action: Action) -> Q | None:
    """The clause of the action as a filter; None where the actor could do it to no case at all."""
    policy = policy_for(Case)
    return policy.rule(action).clause.rows(actor) if policy.possible(actor, action) is None else None


def _releasable(actor: Actor) -> Q | None:
    """What may be released now: where a check is required, only what was checked."""
    query = _rows_of(actor, Action.RELEASE)
    return None if query is None else query & (Q(state=CaseState.CHECKED) | Q(administration__requires_check=False))
