"""Imports a file of cases as drafts, or only checks it; prints one report."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.middleware import actor_of_officer
from accounts.models import Administration, Officer
from accounts.models.officer import plain_address
from accounts.refusals import Refusal
from cen.actions.import_work import carry_on, report_of
from cen.actions.imports import start
from cen.imports.judging import Judge
from cen.imports.mapping import FileMapping, parse, shipped, shipped_names
from cen.imports.report import Report
from cen.imports.survey import Survey
from cen.models import ImportBatch
from cen.models.import_batch import BatchState

# The command waits for the end; a turn this long lets go of the lease now and then.
TURN = 60.0


class Command(BaseCommand):
    help = (
        "Imports a CSV or Excel file as drafts of one administration (--administration) or by the file's country "
        "column (--by-country), and prints a report. With --check-only nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", required=True, help=f"one of {', '.join(shipped_names())}, or the path of a TOML file"
        )
        parser.add_argument("--check-only", action="store_true", help="report only; write nothing")
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        owner = parser.add_mutually_exclusive_group()
        owner.add_argument("--administration", metavar="CODE", help="whose drafts they become, such as GH")
        owner.add_argument("--by-country", action="store_true", help="each row's country says whose draft it becomes")
        parser.add_argument(
            "--as", dest="officer", metavar="EMAIL", help="the officer who imports (default: the operator)"
        )
        parser.add_argument("--keep-duplicates", action="store_true", help="record rows that stand in the file twice")
        parser.add_argument("--encoding", default="", help="of a CSV file that is not UTF-8, such as cp1252")
        parser.add_argument("--rows", type=Path, metavar="FILE", help="also write what became of each row, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            mapping = _mapping(options["mapping"], options["encoding"])
            if options["check_only"]:
                report = self._check(path, mapping, options)
            else:
                report = self._import(path, mapping, options)
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from None
        except OSError as problem:
            raise CommandError(f"{path} can't be read: {problem.strerror}.") from None
        found = {"file": path.name, **report}
        self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) if options["json"] else _as_text(found))

    def _check(self, path: Path, mapping: FileMapping, options: dict[str, Any]) -> dict[str, Any]:
        report = Report(mapping)
        codes = {one.code[:2]: one.code for one in Administration.unguarded.all()} if options["by_country"] else None
        with path.open("rb") as file:
            survey = Survey(file, path.name, mapping)
            judge = Judge(survey, keep_duplicates=options["keep_duplicates"], administrations=codes)
            lines = options["rows"].open("w", encoding="utf-8") if options["rows"] else None
            try:
                for judged in judge.judged():
                    report.add(judged)
                    for one in judged.rows if lines else ():
                        found = [finding.as_json() for finding in one.findings]
                        line = {"row": one.row.number, "outcome": one.outcome, "findings": found}
                        lines.write(json.dumps(line, ensure_ascii=False) + "\n")  # type: ignore[union-attr]
            finally:
                survey.close()
                if lines:
                    lines.close()
        return report.as_dict()

    def _import(self, path: Path, mapping: FileMapping, options: dict[str, Any]) -> dict[str, Any]:
        if options["rows"]:
            raise CommandError("--rows goes with --check-only; an import keeps the results of its rows itself.")
        actor, administration_id = _seat(options)
        with path.open("rb") as file, transaction.atomic(), acting_as(actor):
            batch = start(
                actor,
                file,
                name=path.name,
                mapping=mapping,
                by_country=options["by_country"],
                administration_id=administration_id,
                keep_duplicates=options["keep_duplicates"],
                send_at_once=True,
            )
        # Here as well as in a worker: whoever holds the lease does a turn, and the other waits for it.
        while carry_on(seconds=TURN, only=batch.pk):
            pass
        return self._result(batch)

    def _result(self, batch: ImportBatch) -> dict[str, Any]:
        while True:
            with transaction.atomic(), acting_as(system(SystemTask.IMPORT)):
                batch = ImportBatch.unguarded.get(pk=batch.pk)
            if batch.state == BatchState.DONE:
                return {"import": str(batch.pk), **report_of(batch).as_dict()}
            if batch.state in {BatchState.REFUSED, BatchState.CANCELLED}:
                raise CommandError(batch.refusal or "The import was cancelled.")
            if not carry_on(seconds=TURN, only=batch.pk):
                sleep(0.5)


def _mapping(name: str, encoding: str) -> FileMapping:
    if name not in shipped_names() and Path(name).suffix == ".toml":
        mapping = parse(Path(name).read_text(encoding="utf-8"))
    else:
        mapping = shipped(name)
    return mapping.with_encoding(encoding) if encoding else mapping


def _seat(options: dict[str, Any]) -> tuple[Actor, int | None]:
    """Who imports: the officer named, at the seat the import needs, or the operator as the declared task."""
    code, by_country = options["administration"], options["by_country"]
    administration = Administration.unguarded.filter(code=code).first() if code else None
    if code and administration is None:
        raise CommandError(f"There is no administration {code}.")
    if not options["officer"]:
        if administration is None and not by_country:
            raise CommandError("Say whose drafts they become: --administration CODE or --by-country; or --check-only.")
        return system(SystemTask.IMPORT), administration.pk if administration else None
    officer = Officer.unguarded.filter(email=plain_address(options["officer"])).first()
    seat = "secretariat" if by_country else f"administration:{administration.pk}" if administration else ""
    actor = actor_of_officer(officer, seat) if officer else None
    if actor is None:
        raise CommandError(f"There is no officer {options['officer']} with a posting in force.")
    if administration and actor.administration_id != administration.pk:
        raise CommandError(f"{options['officer']} has no posting at the administration {code}.")
    return actor, actor.administration_id


def _as_text(report: dict[str, Any]) -> str:
    lines = []
    for key, value in report.items():
        if key == "findings":
            lines += [f"  row {one['row']}: {one.get('column', '')} {one['code']}: {one['sentence']}" for one in value]
        elif isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {word or '(blank)'}: {count}" for word, count in value.items()]
        else:
            lines.append(f"{key}: {value if value is not None else '-'}")
    return "\n".join(lines)
