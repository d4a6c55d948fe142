"""Says what a person may do with an object, and by which rule."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.access.explain import explain
from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.middleware import actor_of_officer
from accounts.models import Officer
from accounts.models.officer import plain_address


class Command(BaseCommand):
    help = "Explains access: explain_access PERSON OBJECT, such as a@b.org cen.Case:0198… or cen.ReleasedCase:…"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="the officer's e-mail address")
        parser.add_argument("object", help="app.Model:key")

    def handle(self, *args: Any, **options: Any) -> None:
        officer = Officer.unguarded.filter(email=plain_address(options["person"])).first()
        actor = actor_of_officer(officer) if officer else None
        if actor is None:
            raise CommandError("there is no officer of that address with a posting in force")
        label, _, key = options["object"].partition(":")
        try:
            model: Any = apps.get_model(label)
            # The question is the operator's: the object is read as a task, its answer names rules only.
            with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
                subject = model._base_manager.get(pk=key)
                answers = explain(actor, subject)
        except (LookupError, ValueError, ValidationError, ObjectDoesNotExist) as problem:
            raise CommandError(f"there is no {options['object']}: write app.Model:key") from problem
        for action, allowed, sentence in answers:
            self.stdout.write(f"{'yes' if allowed else 'no':<4}{action:<20}whoever {sentence}")
