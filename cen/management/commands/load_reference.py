"""Loads code lists, headings, places and the directory; changes nothing that is current."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.reference.loader import load_directory
from alerts.actions.starting import start_desks
from cen.codelists.loader import BadList, load_all
from cen.codelists.packaged import load_countries
from cen.codelists.places import load_airports, load_headings, load_seed_places


class Command(BaseCommand):
    help = "Loads code lists, HS headings, airports, ports and the directory of administrations."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loads = [*load_all(), load_countries()]
        except BadList as problem:
            raise CommandError(str(problem)) from None
        for loaded in filter(None, loads):
            self.stdout.write(
                f"{loaded.name}: {loaded.codes} codes, {loaded.changed} new or changed, {loaded.closed} closed"
            )
        merges = {"HS headings": load_headings(), "airports": load_airports(), "places": load_seed_places()}
        for name, merged in merges.items():
            if merged:
                counts = f"{merged.added} added, {merged.changed} changed, {merged.closed} closed"
                self.stdout.write(f"{name}: {merged.read} read, {counts}")
        self.stdout.write(f"administrations added: {load_directory()}")
        with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
            self.stdout.write(f"desks given their first subscription: {start_desks()}")
