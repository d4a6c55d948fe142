"""An object of every kind that an address can name: the tests of all addresses ask for each of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts.models import Alert, Announcement
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, Media
from tests.cast import Cast
from tests.records import a_case, a_released_case


def one_of_each(cast: Cast) -> dict[type[Model], list[Any]]:
    """Objects of Alice's and of Mallory's administration, by model."""
    made: list[Any] = []
    for author in (cast.alice, cast.mallory):
        made += [a_case(author, state) for state in (CaseState.DRAFT, CaseState.SUBMITTED, CaseState.PUBLISHED)]
    for owner, office in ((cast.amira, cast.rosa.liaison_office_id), (cast.mallory, None)):
        made += [a_released_case(owner, office, state) for state in (ReleasedState.WAITING, ReleasedState.PUBLISHED)]
    made += [a_photo(one) for one in made if isinstance(one, Case)]
    made += [an_alert(actor) for actor in (cast.alice, cast.rosa)]
    table: dict[type[Model], list[Any]] = {}
    for one in made:
        table.setdefault(type(one), []).append(one)
    return table


def a_photo(case: Case) -> Media:
    """The row of an image of the case, whose file is nowhere."""
    with acting_as(system(SystemTask.MEDIA)):
        return Media.unguarded.create(
            case=case,
            administration_id=case.administration_id,
            added_by_id=case.author_id,
            kind="PHOTO",
            sha256="0" * 64,
            thumbnail_sha256="1" * 64,
            size=1,
            width=1,
            height=1,
        )


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
