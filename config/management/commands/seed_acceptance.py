"""Makes the principals of an outside acceptance test and writes down how to sign in as each."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demonstration.principals import seed_principals


class Command(BaseCommand):
    help = "Adds every principal of the access matrix and writes credentials to a file that only you can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the JSON file to write; it is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("test principals are not made in production (OPENCEN_MODE)")
        made, path = seed_principals(), options["out"]
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
        self.stdout.write(f"{len(made['people'])} people and {len(made['clients'])} machine keys: {path}")
