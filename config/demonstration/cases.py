"""The demonstration's cases, brought to where they stand by the same acts as any other case."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.middleware import actor_of_officer
from accounts.models import Administration, Officer
from accounts.roles import Role
from cen.actions.record import record, submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.models import Case, ReleasedCase
from cen.sheet_document import sheet_of_document
from config.demonstration.cast import CAST, seat_person

FILE = Path(__file__).with_name("cases.toml")
RETURNED_FOR = "missing"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts for an administration in the demonstration."""

    officer: Actor
    contact_point: Actor
    analyst: Actor


def record_cases() -> int:
    """Records what stands in cases.toml, once; returns how many cases were made."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
    desks = {code: desk_of(code) for code in sorted({one["owner"] for one in listed})}
    first = desks["GH"].officer
    if _as(first, lambda actor: Case.unguarded.exists()):
        return 0
    # The newest comes last, as it would in a year's work.
    for one in sorted(listed, key=lambda one: -one["days_ago"]):
        _bring(desks[one["owner"]], one)
    return len(listed)


def desk_of(code: str) -> Desk:
    """The people of an administration and of the liaison office that validates for it; seated where missing."""
    office = Administration.unguarded.get(code=code).validating_office(timezone.now().date())
    place = f"office:{office.code}" if office else "secretariat"
    analyst = Role.LIAISON_ANALYST if office else Role.SECRETARIAT_ANALYST
    return Desk(
        *(_actor(_somebody(seat, role)) for seat, role in ((code, Role.OFFICER), (code, Role.NCP), (place, analyst)))
    )


def _somebody(seat: str, role: Role) -> Officer:
    """Whom one may step into, where there is somebody at this seat in this role; else an officer made for it."""
    for one in CAST:
        if (one.seat, one.role) == (seat, role):
            return seat_person(one.key, one.name, one.seat, one.role, one.language)
    key = f"{role.value}-{seat.removeprefix('office:').lower()}".replace("_", "-")
    return seat_person(key, f"{role.label} {seat.removeprefix('office:')}", seat, role)


def _actor(officer: Officer) -> Actor:
    actor = actor_of_officer(officer, stepped_up=timezone.now().timestamp())
    if actor is None:
        raise LookupError(f"{officer.email} has no posting in force")
    return actor


def _bring(desk: Desk, entry: dict[str, Any]) -> None:
    day = timezone.now().date() - timedelta(days=entry["days_ago"])
    facts = {"seizure_date": day.isoformat(), "place_country": entry["owner"]}
    content = facts | entry["content"]
    stands = entry["stands"]
    case, _warnings = _as(desk.officer, record, sheet_of_document(content))
    if stands == "draft":
        return
    _as(desk.officer, submit, case, revision=case.revision)
    if stands == "submitted":
        return
    seen = _as(desk.contact_point, preview, case).content_hash
    released: ReleasedCase = _as(desk.contact_point, release, case, seen_hash=seen)
    if stands == "published":
        _as(desk.analyst, validate, released, Verdict.ACCEPTED, seen_hash=seen)
    elif stands == "returned":
        _as(desk.analyst, validate, released, Verdict.RETURNED, seen_hash=seen, reasons=[RETURNED_FOR])


def _as(actor: Actor, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with transaction.atomic(), acting_as(actor):
        return act(actor, *args, **kwargs)
