"""Loads code lists, headings, airports and the directory; changes nothing that is current."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.reference.loader import load_directory
from cen.codelists.loader import load_all
from cen.codelists.packaged import load_airports, load_countries, load_headings


class Command(BaseCommand):
    help = "Loads code lists, HS headings, airports and the directory of administrations."

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_all():
            self.stdout.write(f"{loaded.name}: {loaded.codes} codes, {loaded.changed} new or changed")
        packaged = {"country": load_countries(), "HS headings": load_headings(), "airports": load_airports()}
        for name, count in packaged.items():
            if count:
                self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"administrations added: {load_directory()}")
