"""Looks whether everything announced was delivered; repairs what it can; 1 where something is wrong."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from alerts.reconcile import reconcile


class Command(BaseCommand):
    help = "Compares announcements, alerts and deliveries, repairs what can be repaired, and reports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        report = reconcile()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        else:
            for heading, numbers in (
                ("Problems", report.problems),
                ("Repaired", report.repaired),
                ("Deliveries", report.states),
            ):
                self.stdout.write(heading)
                for name, number in numbers.items():
                    self.stdout.write(f"  {number:>8}  {name}")
            self.stdout.write(f"Oldest undelivered: {report.oldest_undelivered:.0f} s")
        if not report.clean:
            sys.exit(1)
