"""What the inbox puts on the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.portal.tasks_of_home import HomeTask, Suggestion, Urgency, register_suggestions, register_tasks
from alerts.models import Alert, Subscription

COUNTED = 1_000


@register_tasks
def inbox_tasks(actor: Actor) -> Iterator[HomeTask]:
    """Unread alerts, those that ask for an act apart. What is to be acknowledged has its own line of its room."""
    policy = policy_for(Alert)
    if policy.possible(actor, Action.LIST) is not None:
        return
    unread = policy.visible_to(actor, Action.LIST).filter(read_at__isnull=True).order_by("-pk")[:COUNTED]
    needs = Q(needs_me=True, needs_acknowledgement=False)
    answer = unread.aggregate(
        needs=Count("pk", filter=needs), rest=Count("pk", filter=Q(needs_me=False)), oldest=Min("made_at", filter=needs)
    )
    inbox = reverse("inbox")
    yield HomeTask(_("Alerts that need you"), answer["needs"], f"{inbox}?show=needs", "bell", oldest=answer["oldest"])
    more = answer["needs"] + answer["rest"] >= COUNTED
    yield HomeTask(_("Unread alerts"), answer["rest"], f"{inbox}?show=unread", "bell", Urgency.INFORMATION, more=more)


@register_suggestions
def follow_something(actor: Actor) -> Iterator[Suggestion]:
    """To those who have an inbox."""
    if policy_for(Subscription).possible(actor, Action.CREATE) is None:
        text = _("Choose which published cases come to your inbox.")
        yield Suggestion(_("Choose what you follow"), text, reverse("subscriptions"), "filter")
