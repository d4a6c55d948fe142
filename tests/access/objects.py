"""An object of every kind that an address can name: the tests of all addresses ask for each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts.models import Alert, Announcement, Subscription
from cen.lifecycle import CaseState, ReleasedState
from cen.models import WarningNotice
from cen.models.numbering import next_reference
from tests.cast import Cast
from tests.nominal.people import kwabena
from tests.records import a_case, a_released_case


def one_of_each(cast: Cast) -> dict[type[Model], list[Any]]:
    """Objects of Alice's and of Mallory's administration, by model."""
    made: list[Any] = []
    for author in (cast.alice, cast.mallory):
        made += [a_case(author, state) for state in (CaseState.DRAFT, CaseState.SUBMITTED, CaseState.PUBLISHED)]
    for owner, office in ((cast.amira, cast.rosa.liaison_office_id), (cast.mallory, None)):
        made += [a_released_case(owner, office, state) for state in (ReleasedState.WAITING, ReleasedState.PUBLISHED)]
    made += [kwabena(actor).party for actor in (cast.alice, cast.mallory)]
    made += [an_alert(actor) for actor in (cast.alice, cast.rosa)]
    made += [a_subscription(cast.amira, desk=True), a_subscription(cast.alice), a_subscription(cast.mallory)]
    made += [a_warning(cast.amira, cast.mallory), a_warning(cast.rosa, cast.bob, cast.alice)]
    table: dict[type[Model], list[Any]] = {}
    for one in made:
        table.setdefault(type(one), []).append(one)
    return table


def an_alert(actor: Actor) -> Alert:
    """An alert in the inbox of the actor's desk."""
    with acting_as(system(SystemTask.FAN_OUT)):
        number = Announcement.unguarded.count() + 1
        announcement = Announcement.unguarded.create(
            sequence=number, kind="case.published", subject_id=f"test-{number}"
        )
        return Alert.unguarded.create(
            announcement=announcement,
            kind=announcement.kind,
            subject_id=announcement.subject_id,
            administration_id=actor.administration_id,
            liaison_office_id=actor.liaison_office_id,
        )


def a_subscription(actor: Actor, *, desk: bool = False) -> Subscription:
    """What the actor, or his desk, follows."""
    with acting_as(actor):
        return Subscription.unguarded.create(
            administration_id=actor.administration_id,
            officer_id=None if desk else actor.officer_id,
            name="Tobacco",
            criteria="category=TOB",
        )


def a_warning(issuer: Actor, *addressed: Actor) -> WarningNotice:
    """A notice of the issuer's seat to the administrations of the others."""
    with acting_as(issuer):
        return WarningNotice.unguarded.create(
            reference=next_reference("W-TEST"),
            administration_id=issuer.administration_id,
            liaison_office_id=issuer.liaison_office_id,
            secretariat=issuer.secretariat,
            issued_by_id=issuer.officer_id,
            title="Cartons behind tyres",
            body={"what": "Cartons behind used tyres.", "urgency": "ROUTINE"},
            addressee_ids=[one.administration_id for one in addressed],
            acknowledge_by=timezone.now() + timedelta(days=1),
        )
