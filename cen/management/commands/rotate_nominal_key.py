"""Gives an administration a fresh nominal key and seals everything under it anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.models import Administration
from accounts.refusals import Refusal
from cen.actions.nominal_key import destroy_keys, key_keeper, rotate_key


class Command(BaseCommand):
    help = "Rotates the nominal key of one administration; with --destroy it is destroyed instead, for good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("administration", help="its code, such as GH")
        parser.add_argument(
            "--destroy",
            metavar="CODE",
            default="",
            help="write the code a second time to destroy the key: no nominal value can be read afterwards",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        code: str = options["administration"].upper()
        administration = Administration.unguarded.filter(code=code).first()
        if administration is None:
            raise CommandError(f"no administration has the code {code}")
        if options["destroy"] and options["destroy"].upper() != code:
            raise CommandError("--destroy names another administration: write the same code twice")
        actor = key_keeper(administration)
        try:
            with transaction.atomic(), acting_as(actor):
                if options["destroy"]:
                    self.stdout.write(f"{code}: {destroy_keys(actor, administration)} keys destroyed")
                    return
                done = rotate_key(actor, administration)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"{code}: nominal key version {done.version}; {done.parties} parties and {done.identifiers} "
            "identifiers sealed anew"
        )
