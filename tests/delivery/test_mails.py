"""Mails about alerts: how many wait, when the officer wants it, and never a word of what they say."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Officer, Posting
from alerts.channels.email import post
from alerts.channels.email.moment import GAP, moment_for
from alerts.models import DeliveryState, Endpoint, Pace, Why
from tests.cast import Cast
from tests.delivery.conftest import TestSource
from tests.delivery.endpoints import a_mailbox, change, ledger, send_mails, told


class TestMoments:
    made = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)

    def moment(self, now: datetime | None = None, *, needs_me: bool = False, zone: str = "UTC", **choices: Any) -> Any:
        known: dict[str, Any] = {"needs_me": Pace.AT_ONCE, "information": Pace.AT_ONCE, "digest_at": time(8)}
        mailbox = Endpoint(**known | choices)
        return moment_for(mailbox, needs_me=needs_me, made_at=self.made, now=now or self.made, zone=zone)

    def test_at_once_is_at_once(self) -> None:
        assert self.moment() == self.made

    def test_never_is_never_and_each_kind_has_its_own_choice(self) -> None:
        assert self.moment(information=Pace.NEVER) is None
        assert self.moment(information=Pace.NEVER, needs_me=True) == self.made

    def test_quiet_hours_over_midnight_in_the_officers_zone(self) -> None:
        quiet = {"quiet_from": time(22), "quiet_until": time(6)}
        assert self.moment(**quiet) == self.made
        # In Accra it is 21:30, in Paris 22:30.
        assert self.moment(**quiet, zone="Africa/Accra") == self.made
        assert self.moment(**quiet, zone="Europe/Paris") == datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
        night = datetime(2026, 11, 25, 2, tzinfo=UTC)
        assert self.moment(night, **quiet) == datetime(2026, 11, 25, 6, tzinfo=UTC)

    def test_quiet_hours_within_a_day_and_their_ends(self) -> None:
        quiet = {"quiet_from": time(21, 30), "quiet_until": time(22)}
        assert self.moment(**quiet) == datetime(2026, 11, 24, 22, tzinfo=UTC)
        assert self.moment(datetime(2026, 11, 24, 22, tzinfo=UTC), **quiet) == self.made
        assert self.moment(quiet_from=time(0), quiet_until=time(0)) == self.made

    def test_what_needs_him_may_pass_the_quiet_hours(self) -> None:
        quiet = {"quiet_from": time(20), "quiet_until": time(7)}
        assert self.moment(**quiet, needs_me=True) == datetime(2026, 11, 25, 7, tzinfo=UTC)
        assert self.moment(**quiet, needs_me=True) > self.made
        passing = Endpoint(needs_me=Pace.ALWAYS, **quiet)
        assert moment_for(passing, needs_me=True, made_at=self.made, now=self.made, zone="UTC") == self.made

    def test_what_can_not_wait_passes_quiet_hours_and_daily_mails_and_not_a_no(self) -> None:
        quiet = {"quiet_from": time(20), "quiet_until": time(7)}
        for pace, moment in ((Pace.AT_ONCE, self.made), (Pace.DIGEST, self.made), (Pace.NEVER, None)):
            mailbox = Endpoint(information=pace, digest_at=time(8), **quiet)
            facts = {"needs_me": False, "made_at": self.made, "now": self.made, "zone": "UTC"}
            assert moment_for(mailbox, urgent=True, **facts) == moment

    def test_the_daily_mail_is_the_next_one(self) -> None:
        assert self.moment(information=Pace.DIGEST) == datetime(2026, 11, 25, 8, tzinfo=UTC)
        late = self.moment(information=Pace.DIGEST, digest_at=time(23))
        assert late == datetime(2026, 11, 24, 23, tzinfo=UTC)
        assert self.moment(information=Pace.DIGEST, zone="Asia/Tokyo") == datetime(2026, 11, 24, 23, tzinfo=UTC)

    def test_information_comes_in_heaps(self) -> None:
        assert self.moment(mailed_at=self.made - timedelta(minutes=1)) == self.made - timedelta(minutes=1) + GAP
        assert self.moment(mailed_at=self.made - timedelta(hours=1)) == self.made
        assert self.moment(mailed_at=self.made, needs_me=True) == self.made

    def test_an_unknown_zone_is_utc(self) -> None:
        assert self.moment(information=Pace.DIGEST, zone="Moon/Crater") == datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.django_db
class TestLetters:
    def test_one_mail_says_how_many_and_nothing_else(self, cast: Cast, source: TestSource) -> None:
        a_mailbox(cast.alice)
        told(cast.alice, headline={"reference": "GH-2026-7", "title": "Cartons behind tyres"})
        told(cast.alice, needs_me=True)
        told(cast.alice, personal=True)
        told(cast.amira, personal=True)
        send_mails()
        [message] = mail.outbox
        assert message.to == ["alice@example.org"]
        assert message.subject == "OpenCEN: 3 new alerts wait (1 needs you)"
        assert "/inbox" in message.body
        for word in ("GH-2026-7", "Cartons", "test.kind", "XX-"):
            assert word not in message.subject + message.body
        assert {(one.state, one.attempts) for one in ledger()} == {(DeliveryState.DONE, 1)}

    def test_a_flash_and_a_drill_are_told_apart_before_anything_else(self, cast: Cast, source: TestSource) -> None:
        a_mailbox(cast.alice, quiet_from=time(0), quiet_until=time(23, 59))
        told(cast.alice, needs_me=True, headline={"urgent": True, "drill": True, "title": "DRILL: port closed"})
        send_mails()
        told(cast.alice, needs_me=True, headline={"urgent": True, "drill": False, "title": "Port closed"})
        send_mails()
        drill, flash = mail.outbox
        assert drill.subject == "DRILL · OpenCEN: 1 new alert waits (1 needs you)"
        assert "is a DRILL: nothing has happened" in drill.body
        assert flash.subject == "FLASH · OpenCEN: 1 new alert waits (1 needs you)"
        assert "DRILL" not in flash.body
        assert not any("ort closed" in message.subject + message.body for message in mail.outbox)

    def test_a_repeat_is_the_same_letter(self, cast: Cast, source: TestSource, monkeypatch: pytest.MonkeyPatch) -> None:
        """The worker died between the mail server's yes and the ledger."""
        a_mailbox(cast.alice)
        told(cast.alice, needs_me=True)
        monkeypatch.setattr(post, "close", lambda verdicts: set())
        send_mails()
        monkeypatch.undo()
        told(cast.alice, needs_me=True)
        change(next_at=timezone.now())
        send_mails()
        first, again, new = mail.outbox
        assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
        assert (first.subject, first.body) == (again.subject, again.body)
        assert new.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
        assert {one.state for one in ledger()} == {DeliveryState.DONE}
        assert [one.attempts for one in ledger()] == [2, 1]

    def test_a_mail_server_that_is_away_loses_nothing(
        self, cast: Cast, source: TestSource, settings: Any, tmp_path: Any
    ) -> None:
        nobody = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}
        a_mailbox(cast.alice)
        told(cast.alice)
        works = settings.MAILERS
        settings.MAILERS = {"default": nobody}
        send_mails()
        [row] = ledger()
        assert (row.state, row.attempts, row.last_error) == (DeliveryState.WAITING, 1, "ConnectionRefusedError")
        assert row.next_at > timezone.now()
        settings.MAILERS = works
        change(next_at=timezone.now())
        send_mails()
        assert len(mail.outbox) == 1
        assert ledger()[0].state == DeliveryState.DONE

    def test_what_he_wants_later_is_put_off_and_what_he_does_not_want_is_ended_with_that_reason(
        self, cast: Cast, source: TestSource
    ) -> None:
        a_mailbox(cast.alice, information=Pace.DIGEST, needs_me=Pace.NEVER)
        told(cast.alice)
        told(cast.alice, needs_me=True)
        send_mails()
        assert mail.outbox == []
        later, ended = ledger()
        assert later.state == DeliveryState.WAITING
        assert timedelta(0) < later.next_at - timezone.now() <= timedelta(days=1)
        assert (ended.state, ended.reason) == (DeliveryState.CANCELLED, Why.SWITCHED_OFF)

    def test_who_left_the_seat_or_the_network_gets_no_mail(self, cast: Cast, source: TestSource) -> None:
        for actor in (cast.alice, cast.bob, cast.dora):
            a_mailbox(actor)
        told(cast.alice, cast.bob)
        yesterday = timezone.now().date() - timedelta(days=1)
        Posting.unguarded.filter(officer_id=cast.alice.officer_id).update(until=yesterday)
        Officer.unguarded.filter(pk=cast.bob.officer_id).update(is_active=False)
        send_mails()
        # Dora is the data-protection officer: the inbox of the desk is not hers either.
        assert mail.outbox == []
        assert {(one.state, one.reason) for one in ledger()} == {(DeliveryState.CANCELLED, Why.NOT_ENTITLED)}
        assert len(ledger()) == 3

    def test_the_mail_is_in_the_officers_language_and_never_to_two_at_once(
        self, cast: Cast, source: TestSource
    ) -> None:
        a_mailbox(cast.alice)
        a_mailbox(cast.amira)
        told(cast.alice)
        send_mails()
        assert sorted(one.to[0] for one in mail.outbox) == ["alice@example.org", "amira@example.org"]
        assert all(len(one.to) == 1 and not one.cc and not one.bcc for one in mail.outbox)
