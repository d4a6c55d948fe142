"""Writes the workbook in which an administration can collect its cases of one category."""

from __future__ import annotations

import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.refusals import Refusal
from cen.imports.workbook import PREFIX, write_template


class Command(BaseCommand):
    help = "Writes the Excel workbook of a category of goods (such as DRG), with its code lists as drop-downs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("category")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.xlsx")
        parser.add_argument("--language", default="en", help="of notes and names: en, fr, es …")

    def handle(self, *args: Any, **options: Any) -> None:
        category, out = options["category"].upper(), io.BytesIO()
        try:
            with translation.override(options["language"]):
                write_template(category, out)
            options["output"].write_bytes(out.getvalue())
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from None
        except OSError as problem:
            raise CommandError(f"{options['output']} can't be written: {problem.strerror}.") from None
        self.stdout.write(f"{options['output']}: import it with --mapping {PREFIX}{category.lower()}")
