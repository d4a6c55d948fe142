"""Seats the demonstration's people and records its cases; changes nothing that is there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demonstration.cases import record_cases
from config.demonstration.cast import seat_cast


class Command(BaseCommand):
    help = "Adds the people and cases of the demonstration where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demonstration is not loaded in production (OPENCEN_MODE)")
        people = seat_cast()
        self.stdout.write(f"people added: {people}, cases recorded: {record_cases()}")
