"""Writes the documents that come from the code, or says which are stale (--check)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.access.explain import access_table
from cen.rules.table import rules_table


class Command(BaseCommand):
    help = "Generates docs/access-rules.md and docs/rules.md; with --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where a document is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for name, text in {"access-rules.md": access_table(), "rules.md": rules_table()}.items():
            path = settings.BASE_DIR / "docs" / name
            if options["check"]:
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    stale.append(name)
            else:
                path.write_text(text, encoding="utf-8")
        if stale:
            raise CommandError(f"stale: {', '.join(stale)}; run ./run manage generate_docs and commit them")
