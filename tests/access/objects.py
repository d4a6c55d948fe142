"""An object of every kind that an address can name: the tests of all addresses ask for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.models import ApiCredential, Invitation, Posting
from accounts.roles import Role
from alerts.models import Alert, Announcement, Channel, Delivery, Endpoint, Subscription
from cen.images import store
from cen.imports.own_columns import NAME, mapping_text
from cen.lifecycle import CaseState, ReleasedState
from cen.models import (
    Case,
    Disclosure,
    DutyContact,
    Flash,
    FlashAddressee,
    FlashEscalation,
    ImportBatch,
    Incident,
    Media,
    ReleasedCase,
    ReleasedIdentifier,
    Threshold,
    WarningFeedback,
    WarningNotice,
    WatchEntry,
)
from cen.models.import_batch import BatchState
from cen.models.numbering import next_reference
from tests.cast import Cast
from tests.nominal.people import kwabena
from tests.records import a_case, a_released_case


def one_of_each(cast: Cast) -> dict[type[Model], list[Any]]:
    """Objects of Alice's and of Mallory's administration, by model."""
    table: dict[type[Model], list[Any]] = {}
    for one in (*_cases(cast), *_people(cast), *_told(cast), *_asked(cast), *_imported(cast)):
        table.setdefault(type(one), []).append(one)
    return table


def _cases(cast: Cast) -> Iterator[Any]:
    for author in (cast.alice, cast.mallory):
        for state in (CaseState.DRAFT, CaseState.SUBMITTED, CaseState.PUBLISHED):
            yield (made := a_case(author, state))
            yield a_photo(made)
        yield kwabena(author).party
        yield an_incident(author)
    for owner, office in ((cast.amira, cast.rosa.liaison_office_id), (cast.mallory, None)):
        for stands in (ReleasedState.WAITING, ReleasedState.PUBLISHED):
            yield (let_out := a_released_case(owner, office, stands, body=with_an_image()))
            yield an_identifier(owner, let_out)
    for seat in (cast.alice, cast.mallory, cast.rosa):
        with acting_as(seat):
            yield WatchEntry.unguarded.create(
                **seat.seat,
                kind="container",
                normalised="MSKU1234565",
                reason="Seen twice",
                valid_from=timezone.now().date(),
                entered_by_id=seat.officer_id,
            )
    yield Threshold.unguarded.create(
        category="TOB", liaison_office_id=cast.rosa.liaison_office_id, measure="pieces", minimum=1000
    )


def _people(cast: Cast) -> Iterator[Any]:
    for actor in (cast.alice, cast.rosa, cast.mallory):
        yield Posting.unguarded.get(officer_id=actor.officer_id)
        yield Invitation.unguarded.create(
            email=f"{uuid4().hex[:8]}@example.org",
            display_name="Somebody New",
            role=Role.LIAISON_ANALYST if actor.liaison_office_id else Role.OFFICER,
            secret_hash=uuid4().bytes * 2,
            expires_at=timezone.now() + timedelta(days=1),
            **actor.seat,
        )
        yield ApiCredential.unguarded.create(
            prefix=uuid4().hex[:12],
            secret_hash=bytes(32),
            name="system",
            scopes=[],
            issued_by_id=actor.officer_id,
            expires_at=timezone.now() + timedelta(days=1),
            **actor.seat,
        )


def _told(cast: Cast) -> Iterator[Any]:
    for actor in (cast.alice, cast.rosa, cast.mallory):
        yield an_alert(actor)
    yield an_alert(cast.alice, officer_id=cast.alice.officer_id)
    yield an_alert(cast.sam, secretariat=True)
    for actor in (cast.alice, cast.rosa):
        with acting_as(actor):
            yield Subscription.unguarded.create(name="Ours", criteria="", **actor.seat)
            yield Subscription.unguarded.create(
                name="Mine", criteria="", officer_id=actor.officer_id, made_by_id=actor.officer_id, **actor.seat
            )
    yield from _on_their_way(cast)
    yield (warned := a_warning(cast.amira, cast.mallory))
    yield a_warning(cast.rosa, cast.bob, cast.alice)
    yield a_warning(cast.sam, cast.bob)
    with acting_as(cast.mallory):
        yield WarningFeedback.unguarded.create(
            warning=warned,
            administration_id=cast.mallory.administration_id,
            control_done="SCANNED",
            result="CONFORM",
            given_by_id=cast.mallory.officer_id,
        )
    for issuer, *to in ((cast.amira, cast.mallory), (cast.rosa, cast.alice, cast.bob), (cast.sam, cast.bob)):
        yield from a_flash(issuer, *to)
    for position, actor in enumerate((cast.amira, cast.mallory), 1):
        yield a_duty_contact(actor, position)


def _on_their_way(cast: Cast) -> Iterator[Any]:
    """Webhooks of three seats and mailboxes of two officers, each with one delivery that was given up."""
    for actor in (cast.amira, cast.rosa, cast.mallory, cast.alice, cast.bob):
        mailbox = actor in (cast.alice, cast.bob)
        with acting_as(system(SystemTask.DELIVERY)):
            endpoint = Endpoint.unguarded.create(
                channel=Channel.EMAIL if mailbox else Channel.WEBHOOK,
                officer_id=actor.officer_id if mailbox else None,
                url="" if mailbox else "https://receiver.invalid/hook",
                secret_sealed=None if mailbox else bytes(60),
                name="agent",
                **actor.seat,
            )
            delivery = Delivery.unguarded.create(
                endpoint=endpoint,
                channel=endpoint.channel,
                officer_id=endpoint.officer_id,
                state="dead",
                reason="expired",
                attempts=12,
                ended_at=timezone.now(),
                **actor.seat,
            )
        yield from (endpoint, delivery)


def _asked(cast: Cast) -> Iterator[Any]:
    published = a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    with acting_as(cast.mallory):
        yield Disclosure.unguarded.create(
            reference=f"D-{uuid4().hex[:8]}",
            released_case=published,
            administration_id=published.administration_id,
            asked_by_id=cast.mallory.officer_id,
            asking_administration_id=cast.mallory.administration_id,
            purpose="INVESTIGATION",
            purpose_text="Establishing who drove the lorry",
            legal_basis="CMAA",
            wanted=["family_name"],
        )


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


def with_an_image() -> dict[str, Any]:
    """What a released case says of its one image, whose file is kept."""
    [sha256] = store.keep(b"an image")
    return {"media": [{"sha256": sha256, "thumbnail_sha256": sha256}]}


def an_identifier(owner: Actor, released: ReleasedCase) -> ReleasedIdentifier:
    """A container of the released case."""
    with acting_as(owner):
        return ReleasedIdentifier.unguarded.create(
            released_case=released,
            administration_id=released.administration_id,
            liaison_office_id=released.liaison_office_id,
            kind="container",
            normalised=f"TEST{uuid4().hex[:7].upper()}",
        )


def _imported(cast: Cast) -> Iterator[Any]:
    for actor in (cast.alice, cast.mallory, cast.sam):
        for state in (BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED):
            with acting_as(actor):
                yield ImportBatch.unguarded.create(
                    administration_id=actor.administration_id,
                    by_country=actor.administration_id is None,
                    mapping=NAME,
                    mapping_text=mapping_text({}),
                    file_name="list.csv",
                    stored_name="nowhere.csv",
                    sha256="0" * 64,
                    size=1,
                    state=state,
                    counts={"columns": ["a"], "samples": [["1"]]} if state == BatchState.UPLOADED else {},
                    started_by_id=actor.officer_id,
                )


def an_alert(actor: Actor, **recipient: Any) -> Alert:
    """An alert in the inbox of the actor's desk, or of a nearer recipient at that seat."""
    with acting_as(system(SystemTask.FAN_OUT)):
        number = Announcement.unguarded.count() + 1
        announcement = Announcement.unguarded.create(
            sequence=number, kind="case.published", subject_id=f"test-{number}"
        )
        return Alert.unguarded.create(
            announcement=announcement,
            kind=announcement.kind,
            subject_id=announcement.subject_id,
            **actor.seat,
            **recipient,
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


def a_flash(issuer: Actor, *addressed: Actor) -> Iterator[Any]:
    """A flash of the issuer's seat, where it stands at the administrations of the others, and a step for each."""
    key = uuid4()
    with acting_as(issuer):
        flash = Flash.unguarded.create(
            id=key,
            thread=key,
            reference=next_reference("F-TEST"),
            administration_id=issuer.administration_id,
            liaison_office_id=issuer.liaison_office_id,
            secretariat=issuer.secretariat,
            issued_by_id=issuer.officer_id,
            kind="DNL",
            title="Do not load",
            body={"what": "A parcel.", "actions": ["DNL"]},
            tlp="AMBER",
            addressee_ids=[one.administration_id for one in addressed],
            acknowledge_by=timezone.now() + timedelta(minutes=15),
            content_hash=bytes(32),
        )
    yield flash
    for one in addressed:
        with acting_as(system(SystemTask.ESCALATION)):
            stands = FlashAddressee.unguarded.create(
                flash=flash, administration_id=one.administration_id, acknowledge_by=flash.acknowledge_by
            )
            step = FlashEscalation.unguarded.create(
                addressee=stands, flash=flash, administration_id=one.administration_id, step=1, kind="nobody"
            )
        yield stands
        yield step


def a_duty_contact(actor: Actor, position: int) -> DutyContact:
    """A duty telephone of the actor's administration."""
    with acting_as(actor):
        return DutyContact.unguarded.create(
            administration_id=actor.administration_id,
            position=position,
            office_name="Operations room",
            phone="+44 20 7946 0000",
            time_zone="UTC",
            kept_by_id=actor.officer_id,
        )


def an_incident(actor: Actor) -> Incident:
    """A new incident of the actor's administration."""
    case = a_case(actor, kind="incident")
    with acting_as(actor):
        return Incident.unguarded.create(
            case=case, administration_id=actor.administration_id, incident_type="SUS", title="Odd parcel"
        )
