"""Imports carried on in chunks: with the rights of whoever started them, inside the walls, to the same end."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.models import Posting
from accounts.refusals import Refusal, WrongState
from audit.models import Event
from cen.actions.import_work import CLAIMS, carry_on, report_of
from cen.actions.imports import STORAGE, cancel, forget_old, send, start
from cen.imports.mapping import shipped
from cen.lifecycle import CaseState
from cen.models import Case, Goods, ImportBatch, ImportRow
from cen.models.import_batch import BatchState
from tests.cast import Cast, seat_cast, seat_person
from tests.cen.imports.layouts import ids, weapons

TASK = system(SystemTask.IMPORT)
LONG = 600.0


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        STORAGE: {**settings.STORAGES[STORAGE], "OPTIONS": {"location": str(tmp_path / "imports")}},
    }


def as_[**P, R](actor: Actor, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with transaction.atomic(), acting_as(actor):
        return act(*args, **kwargs)


def started(actor: Actor, content: bytes, mapping: str = "unodc-ids", **options: Any) -> ImportBatch:
    file = io.BytesIO(content)
    return as_(actor, start, actor, file, name="list.csv", mapping=shipped(mapping), **options)


def now(batch: ImportBatch) -> ImportBatch:
    return as_(TASK, ImportBatch.unguarded.get, pk=batch.pk)


def cases_of(actor: Actor) -> list[Case]:
    return as_(actor, lambda: list(Case.unguarded.order_by("reference")))


FIVE = [{}, {"PLACE": "Accra"}, {}, {"AMOUNT": "-1"}, {"PLACE": "Wa", "DRUG_UNIT": "Hogshead"}]


@pytest.mark.django_db
def test_checked_then_sent_the_good_rows_become_drafts_of_their_author(cast: Cast) -> None:
    batch = started(cast.alice, ids(*FIVE))
    assert carry_on(seconds=LONG)
    assert now(batch).state == BatchState.CHECKED
    assert cases_of(cast.alice) == []
    as_(cast.alice, send, cast.alice, now(batch), keep_duplicates=False)
    assert carry_on(seconds=LONG)
    done = now(batch)
    assert (done.state, done.position, done.total_rows) == (BatchState.DONE, 5, 5)
    cases = cases_of(cast.alice)
    assert [case.external_refs for case in cases] == [[{"system": "unodc-ids", "id": n}] for n in ("1", "2", "5")]
    assert {(case.author_id, case.state, case.import_batch_id) for case in cases} == {
        (cast.alice.officer_id, CaseState.DRAFT, batch.pk)
    }
    assert as_(cast.alice, lambda: {line.canonical_kg for line in Goods.unguarded.all()}) == {None, 12.5}
    rows = as_(cast.alice, lambda: list(ImportRow.unguarded.filter(batch=batch).order_by("row")))
    assert [(row.row, row.outcome) for row in rows] == [
        (2, "accepted"),
        (3, "accepted"),
        (4, "duplicate"),
        (5, "refused"),
        (6, "warned"),
    ]
    assert dict(rows[3].cells)["AMOUNT"] == "-1"
    assert rows[0].cells is None
    assert rows[0].case_id == cases[0].pk
    figures = report_of(done).as_dict()
    assert (figures["rows"], figures["cases"], figures["refused"], figures["waiting"]) == (5, 3, 1, 1)


@pytest.mark.django_db
def test_duplicates_are_kept_once_they_are_confirmed(cast: Cast) -> None:
    batch = started(cast.alice, ids({}, {}))
    carry_on(seconds=LONG)
    as_(cast.alice, send, cast.alice, now(batch), keep_duplicates=True)
    carry_on(seconds=LONG)
    assert len(cases_of(cast.alice)) == 2


@pytest.mark.django_db
def test_each_draft_and_the_import_leave_their_events(cast: Cast) -> None:
    started(cast.alice, ids({}, {"PLACE": "Accra"}), send_at_once=True)
    carry_on(seconds=LONG)
    events = as_(TASK, lambda: list(Event.unguarded.values_list("verb", "actor_id", "object_reference")))
    alice = str(cast.alice.officer_id)
    references = [case.reference for case in cases_of(cast.alice)]
    assert {(verb, actor) for verb, actor, _ in events} == {
        ("import.started", alice),
        ("case.recorded", alice),
        ("import.finished", alice),
    }
    assert sorted(reference for verb, _, reference in events if verb == "case.recorded") == references


@pytest.mark.django_db
def test_only_who_may_import_starts_and_sends(cast: Cast) -> None:
    for stranger in (cast.dora, cast.rosa, cast.sam):
        with pytest.raises(Refusal):
            started(stranger, ids({}))
    batch = started(cast.alice, ids({}))
    carry_on(seconds=LONG)
    for stranger in (cast.bob, cast.mallory, cast.rosa, cast.sam, cast.dora):
        for act in (
            lambda actor: send(actor, now(batch), keep_duplicates=False),
            lambda actor: cancel(actor, now(batch)),
        ):
            with pytest.raises(Refusal):
                act(stranger)
    with pytest.raises(Refusal):
        started(cast.alice, ids({}), by_country=True)
    assert now(batch).state == BatchState.CHECKED


@pytest.mark.django_db
def test_who_lost_the_role_meanwhile_does_not_go_on_importing(cast: Cast) -> None:
    batch = started(cast.alice, ids({}), send_at_once=True)
    alice: Any = cast.alice.officer_id
    Posting.unguarded.filter(officer_id=alice).update(role="data_protection")
    carry_on(seconds=LONG)
    assert now(batch).state == BatchState.REFUSED
    assert now(batch).refusal
    assert cases_of(cast.alice) == []


@pytest.mark.django_db
def test_by_country_each_draft_belongs_to_its_administration_and_to_nobody_else(cast: Cast) -> None:
    batch = started(
        cast.sam, ids({}, {"COUNTRY": "Senegal"}, {"COUNTRY": "Atlantis"}), by_country=True, send_at_once=True
    )
    carry_on(seconds=LONG)
    assert now(batch).state == BatchState.DONE
    assert [case.external_refs[0]["id"] for case in cases_of(cast.alice)] == ["1"]
    assert [case.external_refs[0]["id"] for case in cases_of(cast.bob)] == ["2"]
    assert cases_of(cast.mallory) == cases_of(cast.sam) == []
    refused = as_(cast.sam, lambda: list(ImportRow.unguarded.filter(outcome="refused")))
    assert [row.row for row in refused] == [4]


@pytest.mark.django_db
def test_a_file_that_can_not_be_read_refuses_the_import_with_the_reason(cast: Cast) -> None:
    batch = started(cast.alice, b"a;b\n1;2\n")
    carry_on(seconds=LONG)
    refused = now(batch)
    assert refused.state == BatchState.REFUSED
    assert "COUNTRY" in refused.refusal
    assert not carry_on(seconds=LONG)


@pytest.mark.django_db
def test_a_cancelled_import_is_over(cast: Cast) -> None:
    batch = started(cast.alice, ids({}))
    as_(cast.alice, cancel, cast.alice, now(batch))
    assert not carry_on(seconds=LONG)
    with pytest.raises(WrongState):
        as_(cast.alice, cancel, cast.alice, now(batch))
    with pytest.raises(WrongState):
        as_(cast.alice, send, cast.alice, now(batch), keep_duplicates=False)


@pytest.mark.django_db
def test_in_many_turns_and_chunks_the_same_comes_out_as_in_one(cast: Cast) -> None:
    content = weapons(*({"Event ID": str(n % 7), "Quantity Seized": str(n + 1)} for n in range(30)))
    whole = started(cast.alice, content, "cbp-weapons", send_at_once=True)
    carry_on(seconds=LONG)
    parts = started(cast.bob, content, "cbp-weapons", send_at_once=True)
    turns = 0
    while carry_on(seconds=0.0, chunk=4):
        turns += 1
    assert turns > 3
    assert now(parts).state == BatchState.DONE
    assert end_state(cast.bob, now(parts)) == end_state(cast.alice, now(whole))


@pytest.mark.django_db
def test_a_lease_keeps_others_out_until_it_ends(cast: Cast) -> None:
    batch = started(cast.alice, ids({}))
    with held_elsewhere(batch, "10 seconds"):
        assert not carry_on(seconds=LONG)
    with held_elsewhere(batch, "-1 seconds"):
        assert carry_on(seconds=LONG)
    assert now(batch).state == BatchState.CHECKED


@pytest.mark.django_db
def test_a_large_import_does_not_hold_up_a_small_one(cast: Cast) -> None:
    large = started(cast.alice, ids(*({"PLACE": f"Place {n}"} for n in range(20))))
    small = started(cast.bob, ids({}))
    assert carry_on(seconds=0.0, chunk=4)
    assert carry_on(seconds=0.0, chunk=4)
    assert (now(large).state, now(small).state) == (BatchState.CHECKING, BatchState.CHECKED)


@pytest.mark.django_db
def test_an_import_that_never_gets_on_is_taken_out(cast: Cast) -> None:
    batch = started(cast.alice, ids({}))
    as_(TASK, lambda: ImportBatch.unguarded.filter(pk=batch.pk).update(attempts=CLAIMS))
    carry_on(seconds=LONG)
    assert now(batch).state == BatchState.REFUSED


@contextmanager
def held_elsewhere(batch: ImportBatch, ends_in: str) -> Iterator[None]:
    from django.db import connection

    with transaction.atomic(), acting_as(TASK), connection.cursor() as cursor:
        cursor.execute(
            "update cen_importbatch set lease_token = gen_random_uuid(), lease_until = clock_timestamp() + %s::interval"
            " where id = %s",
            [ends_in, batch.pk],
        )
    yield


def end_state(actor: Actor, batch: ImportBatch) -> Any:
    """Everything an import leaves behind, without keys and moments."""

    def look() -> Any:
        cases = [
            (
                case.reference[2:],
                case.external_refs,
                case.seizure_date,
                [(line.goods_type, line.quantity, line.canonical_kg) for line in case.goods_rows.all()],
                [(leg.role, leg.country) for leg in case.routeleg_rows.all()],
            )
            for case in Case.unguarded.filter(import_batch=batch).order_by("reference")
        ]
        rows = list(
            ImportRow.unguarded.filter(batch=batch).order_by("row").values_list("row", "outcome", "findings", "cells")
        )
        return cases, rows, batch.position, report_of(batch).as_dict()

    return as_(actor, look)


# --- real workers, killed ---


def worker(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OPENCEN_MODE": "test", "OPENCEN_IMPORT_DIR": str(folder)}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "imports", "-P", "solo", "-l", "warning"]
    log = (folder / "worker.log").open("ab")
    with log:
        return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)


def wait_for(
    condition: Callable[[ImportBatch], bool], batch: ImportBatch, child: subprocess.Popen[bytes]
) -> ImportBatch:
    end = time.monotonic() + 200
    while time.monotonic() < end:
        found = now(batch)
        if condition(found):
            return found
        assert child.poll() is None, "the worker ended by itself"
    raise AssertionError("the worker did not get there in time")


def test_a_worker_killed_in_the_middle_and_another_after_it_leave_what_one_alone_leaves(
    fresh_database: str, tmp_path: Path
) -> None:
    cast = seat_cast()
    folder = tmp_path / "imports"
    folder.mkdir(exist_ok=True)
    content = ids(
        *({"AMOUNT": str(1 + n % 900), "PLACE": f"Place {n}"} for n in range(2_400)), {}, {}, {"AMOUNT": "-1"}
    )
    batch = started(cast.alice, content, send_at_once=True)
    child = worker(folder)
    try:
        begun = wait_for(lambda one: one.position >= 500, batch, child)
        child.send_signal(signal.SIGKILL)
        child.wait()
        stopped = now(batch)
        assert begun.position <= stopped.position < 2_400, "it was too fast to be killed in the middle"
        written = as_(cast.alice, Case.unguarded.filter(import_batch=batch).count)
        assert written == stopped.position
        # What waiting for a minute would bring about.
        with held_elsewhere(batch, "-1 seconds"):
            pass
        child = worker(folder)
        from cen.actions.imports import hint

        hint()
        finished = wait_for(lambda one: one.state == BatchState.DONE, batch, child)
    finally:
        child.kill()
        child.wait()
    alone = seat_person("akua", "TG", cast_role(cast))
    other = started(alone, content, send_at_once=True)
    assert carry_on(seconds=LONG, only=other.pk)
    assert end_state(cast.alice, finished) == end_state(alone, now(other))
    assert not storages[STORAGE].exists(finished.stored_name)


def cast_role(cast: Cast) -> Any:
    (role,) = cast.alice.roles
    return role


def test_the_command_imports_as_an_officer_and_prints_the_report(fresh_database: str, tmp_path: Path) -> None:
    import json

    cast = seat_cast()
    path = tmp_path / "list.csv"
    path.write_bytes(ids(*FIVE))
    command = [sys.executable, "manage.py", "import_cases", str(path), "--mapping", "unodc-ids", "--json"]
    environment = {**os.environ, "OPENCEN_IMPORT_DIR": str(tmp_path / "imports")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            check=False,
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
        )

    checked = json.loads(run("--check-only", "--rows", str(tmp_path / "rows")).stdout)
    assert cases_of(cast.alice) == []
    outcomes = [json.loads(line)["outcome"] for line in (tmp_path / "rows").read_text().splitlines()]
    assert outcomes == ["accepted", "accepted", "duplicate", "refused", "warned"]
    made = json.loads(run("--administration", "GH", "--as", "alice@example.org").stdout)
    del made["import"]
    assert made == checked
    assert {case.author_id for case in cases_of(cast.alice)} == {cast.alice.officer_id}
    by_operator = json.loads(run("--administration", "SN").stdout)
    assert by_operator["cases"] == 3
    assert {case.author_id for case in cases_of(cast.bob)} == {None}
    for wrong in (["--administration", "QQ"], [], ["--administration", "SN", "--as", "alice@example.org"]):
        refused = run(*wrong)
        assert refused.returncode == 1
        assert refused.stderr.startswith("CommandError: ")
        assert "Traceback" not in refused.stderr


@pytest.mark.django_db
def test_of_a_row_that_came_back_only_what_the_mapping_reads_is_kept(cast: Cast) -> None:
    text = ids({"AMOUNT": "-1"}).decode().splitlines()
    named = f"{text[0]},COURIER\n{text[1]},Kwabena Ofosu\n".encode()
    batch = started(cast.alice, named)
    assert carry_on(seconds=LONG)
    row = as_(cast.alice, lambda: ImportRow.unguarded.get(batch=batch))
    assert row.outcome == "refused"
    assert dict(row.cells)["AMOUNT"] == "-1"
    assert "Ofosu" not in repr(row.cells)


@pytest.mark.django_db
def test_what_an_import_left_behind_is_forgotten_in_time_and_not_before(cast: Cast) -> None:
    batch, waiting = started(cast.alice, ids(*FIVE)), started(cast.alice, ids({"PLACE": "Ho"}))
    while carry_on(seconds=LONG):
        pass
    as_(cast.alice, send, cast.alice, now(batch), keep_duplicates=False)
    while carry_on(seconds=LONG):
        pass
    assert forget_old() == 0
    for age, left in ((29, 2), (31, 0)):
        ago = timezone.now() - timedelta(days=age)
        as_(cast.alice, ImportBatch.unguarded.update, started_at=ago)
        while forget_old():
            pass
        kept = as_(cast.alice, lambda: ImportRow.unguarded.filter(batch=batch, cells__isnull=False).count())
        assert kept == left
    assert now(waiting).state == BatchState.CANCELLED
    assert now(batch).state == BatchState.DONE
    assert len(cases_of(cast.alice)) == 3
