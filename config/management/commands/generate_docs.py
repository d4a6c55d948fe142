"""Writes the documents that come from the code, or says which are stale (--check)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from accounts.access.explain import access_table
from cen.rules.table import rules_table


def api_description() -> str:
    """The OpenAPI document as YAML, as it is served under /api/v1/openapi.json."""
    with translation.override("en"):
        description = SchemaGenerator().get_schema(request=None, public=True)
    return OpenApiYamlRenderer().render(description, renderer_context={}).decode()


class Command(BaseCommand):
    help = "Generates docs/access-rules.md, docs/rules.md and docs/openapi.yaml; with --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where a document is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        texts = {"access-rules.md": access_table(), "rules.md": rules_table(), "openapi.yaml": api_description()}
        for name, text in texts.items():
            path = settings.BASE_DIR / "docs" / name
            if options["check"]:
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    stale.append(name)
            else:
                path.write_text(text, encoding="utf-8")
        if stale:
            raise CommandError(f"stale: {', '.join(stale)}; run ./run manage generate_docs and commit them")
