"""Loads an official file that the operator obtained: UN/LOCODE, HS, or a UNECE recommendation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cen.codelists.official import LAYOUTS, WrongLayout, load_official


class Command(BaseCommand):
    help = "Loads an official code list; rows the file no longer has are closed, none is deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(LAYOUTS))
        parser.add_argument("file", type=Path, help="CSV in UTF-8, also compressed as .gz")
        parser.add_argument("--edition", required=True, help="as printed by its publisher; for HS the year")

    def handle(self, *args: Any, **options: Any) -> None:
        kind: str = options["kind"]
        try:
            done = load_official(kind, options["file"], options["edition"])
        except WrongLayout as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            f"{kind} {options['edition']}: {done.read} rows read, {done.added} added, {done.changed} changed, "
            f"{done.closed} closed"
        )
        for note, count in sorted(done.notes.items()):
            self.stdout.write(f"  {note}: {count}")
