"""Acts of people on an import: start it, send it, cancel it, take its bad rows back. Workers do the rest."""

from __future__ import annotations

import csv
import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import IO, Any, BinaryIO

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Forbidden, WrongState
from accounts.worker_hints import tell_worker
from audit import trail
from audit.uuid7 import uuid7
from audit.verbs import Verb
from cen.imports.cells import for_sheet, text_of
from cen.imports.mapping import FileMapping, parse
from cen.imports.reader import Layout, check_beginning, open_table
from cen.imports.refused import MappingRefused
from cen.imports.survey import OWN_COLUMNS
from cen.models import ImportBatch, ImportRow
from cen.models.import_batch import BatchState

STORAGE = "imports"
# Time enough to correct what came back; a list of seizures is not to lie about for longer.
KEPT = timedelta(days=30)
AT_ONCE = 100
# Rows shown beside the columns that are to be matched.
SAMPLES = 3
_PIECE = 1024 * 1024
log = logging.getLogger("opencen.imports")


def about(batch: ImportBatch) -> trail.What:
    """The import as facts of the audit trail."""
    return trail.What("import", str(batch.pk), "", batch.administration_id)


def require(actor: Actor, batch: ImportBatch) -> None:
    """Raises the policy's refusal. The operator's command acts as the declared task of imports."""
    if actor.is_system:
        if actor.task is not SystemTask.IMPORT:
            raise Forbidden
        return
    policy_for(ImportBatch).require(actor, Action.IMPORT_BY_COUNTRY if batch.by_country else Action.IMPORT, batch)


def start(
    actor: Actor,
    file: BinaryIO,
    *,
    name: str,
    mapping: FileMapping,
    by_country: bool = False,
    administration_id: int | None = None,
    keep_duplicates: bool = False,
    send_at_once: bool = False,
    unmatched: bool = False,
) -> ImportBatch:
    """Stores the file and has it checked; with `send_at_once` recorded without the look in between.

    unmatched: nothing happens before its columns are matched to fields (`match`); `mapping` only says how the file
    is written.

    administration_id is for the operator's command only; a person imports for the own administration. Raises
    FileRefused for what is no table at all, MappingRefused where the mapping names no country column.
    """
    batch = ImportBatch(
        id=uuid7(),
        administration_id=None if by_country else administration_id if actor.is_system else actor.administration_id,
        by_country=by_country,
        mapping=mapping.name,
        mapping_text=mapping.text,
        file_name=PurePath(name).name[-200:],
        keep_exact_duplicates=keep_duplicates,
        state=BatchState.SENDING if send_at_once else BatchState.CHECKING,
        started_by_id=actor.officer_id,
    )
    require(actor, batch)
    if by_country and not mapping.country and not unmatched:
        raise MappingRefused(_("This mapping names no column for the country. Import for one administration instead."))
    ending = PurePath(name).suffix.lower()
    check_beginning(file, ending)
    if unmatched:
        batch.state, batch.counts = BatchState.UPLOADED, _looked_at(file, name, mapping.layout)
    batch.sha256, batch.size = _measured(file)
    batch.stored_name = storages[STORAGE].save(f"{batch.pk}{ending}", File(file))
    try:
        batch.save(force_insert=True)
        trail.record(
            actor.who(), Verb.IMPORT_STARTED, about(batch), facts={"sha256": batch.sha256, "mapping": mapping.name}
        )
    except Exception:
        storages[STORAGE].delete(batch.stored_name)
        raise
    transaction.on_commit(hint)
    return batch


def match(actor: Actor, batch: ImportBatch, mapping: FileMapping) -> None:
    """Has an import checked by the mapping that a person made for its columns."""
    require(actor, batch)
    if batch.state != BatchState.UPLOADED:
        raise WrongState(_("The columns of this import are matched already."))
    if batch.by_country and not mapping.country:
        raise MappingRefused(_("Choose the column whose country says whose draft a row becomes."))
    mapping.require_columns([str(name) for name in batch.counts.get("columns", [])])
    batch.mapping, batch.mapping_text = mapping.name, mapping.text
    batch.state, batch.counts = BatchState.CHECKING, {}
    batch.save(update_fields=["mapping", "mapping_text", "state", "counts"])
    transaction.on_commit(hint)


def bad_rows(actor: Actor, batch: ImportBatch, out: IO[str]) -> int:
    """Writes the rows that were not recorded as CSV, with what to correct; returns how many there were.

    The file can be corrected and imported by the same mapping: it knows nothing of the columns added at the end.
    """
    require(actor, batch)
    rows = ImportRow.unguarded.filter(batch=batch, cells__isnull=False).order_by("row")
    writer, columns, count = None, [], 0
    for row in rows.iterator(chunk_size=500):
        if writer is None:
            columns = [name for name, _text in row.cells if not name.startswith(OWN_COLUMNS)]
            writer = csv.writer(out, delimiter=parse(batch.mapping_text).layout.delimiter or ",")
            writer.writerow([*map(for_sheet, columns), f"{OWN_COLUMNS}: row", f"{OWN_COLUMNS}: what to correct"])
        cells = dict(row.cells)
        said = " | ".join(" ".join(filter(None, [one.get("column"), one["sentence"]])) for one in row.findings)
        writer.writerow([*(for_sheet(str(cells.get(name, ""))) for name in columns), row.row, for_sheet(said)])
        count += 1
    trail.record(actor.who(), Verb.EXPORT_MADE, about(batch), facts={"rows": count})
    return count


def send(actor: Actor, batch: ImportBatch, *, keep_duplicates: bool) -> None:
    """Has the good rows recorded as drafts; `keep_duplicates` confirms rows that stand in the file twice."""
    require(actor, batch)
    if batch.state != BatchState.CHECKED:
        raise WrongState(_("This import is not waiting to be sent."))
    batch.keep_exact_duplicates = keep_duplicates
    batch.state, batch.position, batch.counts, batch.attempts = BatchState.SENDING, 0, {}, 0
    batch.save(update_fields=["keep_exact_duplicates", "state", "position", "counts", "attempts"])
    transaction.on_commit(hint)


def cancel(actor: Actor, batch: ImportBatch) -> None:
    """Ends an import before anything of it was recorded, and removes its file."""
    require(actor, batch)
    if batch.state not in {BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED}:
        raise WrongState(_("This import can't be cancelled any more. Discard its drafts instead."))
    _end(actor, batch)


def forget_old() -> int:
    """Blanks rows that were given back long ago, and ends imports that nobody carried on; returns how many imports.

    What of a file became no case is kept for correcting it, not for ever. Safe to repeat.
    """
    actor = system(SystemTask.IMPORT)
    with transaction.atomic(), acting_as(actor):
        old = ImportBatch.unguarded.filter(started_at__lt=Now() - KEPT)
        waiting = old.filter(state__in=[BatchState.UPLOADED, BatchState.CHECKED])
        ended = list(waiting.select_for_update(skip_locked=True)[:AT_ONCE])
        for batch in ended:
            _end(actor, batch)
        over = old.filter(state__in=[BatchState.DONE, BatchState.REFUSED, BatchState.CANCELLED])
        rows = ImportRow.unguarded.filter(batch__in=over, cells__isnull=False)
        return len(ended) + bool(rows.update(cells=None))


def _end(actor: Actor, batch: ImportBatch) -> None:
    batch.state, batch.lease_token, batch.counts = BatchState.CANCELLED, None, {}
    batch.save(update_fields=["state", "lease_token", "counts"])
    trail.record(actor.who(), Verb.IMPORT_CANCELLED, about(batch))
    transaction.on_commit(partial(forget_file, batch.stored_name))


def forget_file(stored_name: str) -> None:
    """Removes the file of an import that has ended: what is needed of it stands in rows by then."""
    try:
        storages[STORAGE].delete(stored_name)
    except OSError as error:
        log.warning("the file of an ended import could not be removed (%s)", type(error).__name__)


def hint() -> None:
    """Tells a worker to look now. A lost hint costs seconds: the sweep looks too."""
    tell_worker("cen.imports.carry_on")


def _looked_at(file: BinaryIO, name: str, layout: Layout) -> dict[str, Any]:
    """The columns of the file and its first rows, for the page on which they are matched."""
    table = open_table(file, name, layout)
    first = [row.cells for row in islice(table.rows, SAMPLES)]
    samples = [[text_of(cells.get(column))[:60] for cells in first] for column in table.columns]
    return {"columns": list(table.columns), "samples": samples}


def _measured(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    read: Callable[[], Any] = partial(file.read, _PIECE)
    for piece in iter(read, b""):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size
