"""Carrying an import on: claimed by a lease on the database clock, chunk by chunk, each one transaction.

A chunk writes its drafts, the results of its rows, the position and the counts together. A worker that is killed
leaves a committed position behind; its successor reads the file anew and goes on there, to the same end.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO

import orjson
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.middleware import actor_of_officer
from accounts.models import Administration, Officer
from accounts.refusals import Refusal
from audit import trail
from audit.verbs import Verb
from cen.actions.imports import STORAGE, about, forget_file, require
from cen.actions.record_many import Incoming, record_many
from cen.imports.cells import written
from cen.imports.judging import Judge, Judged, JudgedRow
from cen.imports.mapping import parse
from cen.imports.refused import FileRefused
from cen.imports.report import Report
from cen.imports.survey import Survey
from cen.models import Case, ImportBatch, ImportRow
from cen.models.import_batch import BatchState

# A chunk takes about a second; a worker silent for so long is frozen or dead.
LEASE_SECONDS = 60
# Rows in one transaction: large enough to be fast, small enough to lose little and to let a stop happen soon.
CHUNK = 500
# An import that was claimed so often without any progress kills its workers: people must look at it.
CLAIMS = 5
OPEN = (BatchState.CHECKING, BatchState.SENDING)
_CLAIM = """
    update cen_importbatch set
        lease_token = %s, lease_until = clock_timestamp() + make_interval(secs => %s), attempts = attempts + 1
    where id = (
        select id from cen_importbatch
        where state = any(%s) and (lease_until is null or lease_until < clock_timestamp())
          and (%s::uuid is null or id = %s::uuid)
        order by coalesce(lease_until, started_at), id limit 1 for update skip locked
    )
    returning id, attempts
"""
_RENEW = """
    update cen_importbatch set lease_until = clock_timestamp() + make_interval(secs => %s)
    where id = %s and lease_token = %s
"""


class LeaseLost(Exception):
    """Another worker holds the import now, or it was cancelled."""


def carry_on(*, seconds: float, only: uuid.UUID | None = None, chunk: int = CHUNK) -> bool:
    """Claims the open import that waited longest (or the one named) and works on it for about so long.

    False where none is open.
    """
    token = uuid.uuid4()
    with transaction.atomic(), acting_as(system(SystemTask.IMPORT)), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE_SECONDS, list(map(str, OPEN)), only, only])
        row = cursor.fetchone()
    if row is None:
        return False
    try:
        if row[1] > CLAIMS:
            raise FileRefused(_("The import failed several times. Ask the operator to look at the log."))
        Work(row[0], token, chunk).run(until=time.monotonic() + seconds)
    except LeaseLost:
        pass
    except Refusal as refusal:
        _refuse(row[0], token, str(refusal.sentence))
    return True


class Work:
    """One worker's time on one import."""

    def __init__(self, batch_id: uuid.UUID, token: uuid.UUID, chunk: int) -> None:
        self._id, self._token, self._chunk = batch_id, token, chunk
        with transaction.atomic(), acting_as(system(SystemTask.IMPORT)):
            batch = ImportBatch.unguarded.filter(pk=batch_id, lease_token=token).first()
        if batch is None:
            raise LeaseLost
        self._batch: ImportBatch = batch
        self._actor, self._who, self._language = _starter(batch)
        self._renewed = time.monotonic()
        self._mapping = parse(batch.mapping_text)

    def run(self, *, until: float) -> None:
        """Works until the file is through or the time is over; at least one chunk is done."""
        batch = self._batch
        mapping = self._mapping
        with translation.override(self._language), _stored(batch.stored_name) as file:
            survey = Survey(file, batch.stored_name, mapping, tell=self._renew)
            try:
                owners = {one.code: one for one in Administration.unguarded.all()} if batch.by_country else None
                judge = Judge(
                    survey,
                    keep_duplicates=batch.keep_exact_duplicates,
                    administrations={code[:2]: code for code in owners} if owners is not None else None,
                )
                report = Report(mapping, _state_of(batch))
                for judged in _chunks(judge.judged(batch.position), self._chunk):
                    reached = self._write(judged, report, owners, survey.rows)
                    # The little that is left after the last chunk is not worth another reading of the file.
                    if time.monotonic() > until and reached < survey.rows:
                        self._lay_down()
                        return
                self._finish(report, survey.rows)
            finally:
                survey.close()

    def _write(self, judged: list[Judged], report: Report, owners: dict[str, Administration] | None, total: int) -> int:
        """One chunk in one transaction; returns the position reached."""
        sending = self._batch.state == BatchState.SENDING
        with transaction.atomic(), acting_as(self._actor):
            held = self._held()
            if sending and held.position == 0:
                # What the check had found; the same rows are judged again now.
                ImportRow.unguarded.filter(batch=held).delete()
            cases = self._record(held, judged, owners) if sending else {}
            rows = [
                self._row(held, one, cases.get(number))
                for number, case in enumerate(judged)
                for one in case.rows
                if sending or one.findings
            ]
            ImportRow.unguarded.bulk_create(rows)
            for case in judged:
                report.add(case)
            held.position += sum(len(case.rows) for case in judged)
            ImportBatch.unguarded.filter(pk=held.pk).update(
                position=held.position,
                total_rows=total,
                counts=_laid_down(report),
                attempts=0,
                **_lease(),
            )
        self._renewed = time.monotonic()
        return int(held.position)

    def _record(
        self, batch: ImportBatch, judged: list[Judged], owners: dict[str, Administration] | None
    ) -> dict[int, uuid.UUID]:
        """Drafts of the cases that may become some; their ids by place in the chunk."""
        home = None if owners is not None else Administration.unguarded.get(pk=batch.administration_id)
        incoming: dict[int, Incoming] = {}
        for number, case in enumerate(judged):
            owner = owners[case.owner] if owners is not None and case.owner else home
            if case.sheet is not None and owner is not None:
                incoming[number] = Incoming(case.sheet, owner, case.reference)
        if not self._actor.is_system and incoming:
            owned: Any = batch.administration_id
            policy_for(Case).require(self._actor, Action.CREATE, Case(administration_id=owned))
        made = record_many(
            self._who,
            batch.started_by_id,
            list(incoming.values()),
            source=batch.mapping,
            batch_id=batch.pk,
        )
        return {number: case.pk for number, case in zip(incoming, made, strict=True)}

    def _row(self, batch: ImportBatch, one: JudgedRow, case_id: uuid.UUID | None) -> ImportRow:
        given_back = one.outcome in {"refused", "duplicate"}
        return ImportRow(
            batch=batch,
            administration_id=batch.administration_id,
            row=one.row.number,
            outcome=one.outcome,
            findings=[finding.as_json() for finding in one.findings],
            # Only what the mapping reads: a list may hold names that nobody asked for.
            cells=[
                [name, written(cell, self._mapping.decimal)]
                for name, cell in one.row.cells.items()
                if name in self._mapping.read_columns
            ]
            if given_back
            else None,
            digest=one.digest,
            case_id=None if given_back else case_id,
        )

    def _finish(self, report: Report, total: int) -> None:
        sending = self._batch.state == BatchState.SENDING
        with transaction.atomic(), acting_as(self._actor):
            held = self._held()
            ImportBatch.unguarded.filter(pk=held.pk).update(
                state=BatchState.DONE if sending else BatchState.CHECKED,
                finished_at=Now() if sending else None,
                total_rows=total,
                counts=_laid_down(report),
                lease_token=None,
                lease_until=None,
                attempts=0,
            )
            if sending:
                figures = report.as_dict()
                trail.record(
                    self._who,
                    Verb.IMPORT_FINISHED,
                    about(held),
                    facts={key: figures[key] for key in ("rows", "cases", "accepted", "refused", "waiting")},
                )
                transaction.on_commit(partial(forget_file, held.stored_name))

    def _held(self) -> ImportBatch:
        held = ImportBatch.unguarded.select_for_update().filter(pk=self._id, lease_token=self._token).first()
        if held is None or held.state != self._batch.state:
            raise LeaseLost
        return held

    def _renew(self, _rows: int) -> None:
        """During the first reading, which writes nothing, the lease is renewed by the way."""
        if time.monotonic() - self._renewed < LEASE_SECONDS / 4:
            return
        with transaction.atomic(), acting_as(system(SystemTask.IMPORT)), connection.cursor() as cursor:
            cursor.execute(_RENEW, [LEASE_SECONDS, self._id, self._token])
            if cursor.rowcount != 1:
                raise LeaseLost
        self._renewed = time.monotonic()

    def _lay_down(self) -> None:
        """Lets go of the import; it stands behind the others now, so that a large one does not hold them up."""
        with transaction.atomic(), acting_as(system(SystemTask.IMPORT)):
            ImportBatch.unguarded.filter(pk=self._id, lease_token=self._token).update(
                lease_token=None, lease_until=Now(), attempts=0
            )


def report_of(batch: ImportBatch) -> Report:
    """The report so far, from the counts that were laid down with the last chunk."""
    return Report(parse(batch.mapping_text), _state_of(batch))


def _starter(batch: ImportBatch) -> tuple[Actor, trail.Who, str]:
    """Who acts towards the database, who is named in the trail, and the language of findings.

    An import for an administration is carried on with the rights its starter has now, so that the wall keeps it
    inside that administration; by country column, and from the operator's command, as the declared task.
    """
    task = system(SystemTask.IMPORT)
    if batch.started_by_id is None:
        return task, task.who(), "en"
    officer = Officer.unguarded.get(pk=batch.started_by_id)
    seat = "secretariat" if batch.by_country else f"administration:{batch.administration_id}"
    actor = actor_of_officer(officer, seat) if officer.is_active else None
    try:
        if actor is None:
            raise Refusal
        require(actor, batch)
    except Refusal:
        raise FileRefused(_("Whoever started this import may not import any more. Start it anew.")) from None
    return task if batch.by_country else actor, actor.who(), officer.language


@contextmanager
def _stored(name: str) -> Iterator[BinaryIO]:
    try:
        file: Any = storages[STORAGE].open(name, "rb")
    except OSError:
        raise FileRefused(_("The file is not there any more. Upload it again.")) from None
    with file:
        yield file.file


def _chunks(judged: Iterator[Judged], least: int) -> Iterator[list[Judged]]:
    """Whole cases together until they have so many rows."""
    held: list[Judged] = []
    rows = 0
    for one in judged:
        held.append(one)
        rows += len(one.rows)
        if rows >= least:
            yield held
            held, rows = [], 0
    if held:
        yield held


def _state_of(batch: ImportBatch) -> dict[str, Any] | None:
    text = batch.counts.get("state")
    return orjson.loads(text) if text else None


def _laid_down(report: Report) -> dict[str, str]:
    # As one text: the order of words is part of the totals, and the database does not keep that of keys.
    return {"state": orjson.dumps(report.state).decode()}


def _lease() -> dict[str, Any]:
    return {"lease_until": Now() + timedelta(seconds=LEASE_SECONDS)}


def _refuse(batch_id: uuid.UUID, token: uuid.UUID, sentence: str) -> None:
    with transaction.atomic(), acting_as(system(SystemTask.IMPORT)):
        held = ImportBatch.unguarded.select_for_update().filter(pk=batch_id, lease_token=token).first()
        if held is None:
            return
        held.state, held.refusal, held.lease_token, held.lease_until = BatchState.REFUSED, sentence, None, None
        held.save(update_fields=["state", "refusal", "lease_token", "lease_until"])
        transaction.on_commit(partial(forget_file, held.stored_name))
