"""Invites somebody by the operator's hand: how an installation gets its first people."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts import letters
from accounts.actions.invitations import Wanted, invite_first
from accounts.actor import SystemTask, system
from accounts.models import Administration, Invitation, Letter, LiaisonOffice
from accounts.refusals import RulesBroken
from accounts.roles import Role


class Command(BaseCommand):
    help = (
        "Invites a person: invite EMAIL --administration GH, or --liaison-office WA, or --secretariat. "
        "Without --role: contact point, head of liaison office or Secretariat administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        seat = parser.add_mutually_exclusive_group(required=True)
        seat.add_argument("--administration", metavar="CODE")
        seat.add_argument("--liaison-office", metavar="CODE")
        seat.add_argument("--secretariat", action="store_true")
        parser.add_argument("--role", choices=[role.value for role in Role if role is not Role.API_CLIENT])
        parser.add_argument("--name", help="the person's name; default: made from the address")
        parser.add_argument("--language", default="en", choices=[code for code, _ in settings.LANGUAGES])
        parser.add_argument("--print-link", action="store_true", help="print the link instead of mailing it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            with transaction.atomic():
                made = invite_first(system(SystemTask.FIRST_PERSON).who(), self._wanted(options))
                if options["print_link"]:
                    Letter.unguarded.filter(invitation=made).delete()
                    self.stdout.write(letters.link_of(made))
                    return
        except ValidationError as problem:
            raise CommandError(f"{options['email']} is not an e-mail address") from problem
        except RulesBroken as refusal:
            raise CommandError(" ".join(str(finding.sentence) for finding in refusal.findings)) from refusal
        while letters.send_next():
            pass
        self._say_where(made)

    def _wanted(self, options: dict[str, Any]) -> Wanted:
        email = str(options["email"])
        given = {
            "email": email,
            "display_name": options["name"] or email.partition("@")[0].replace(".", " ").title(),
            "language": options["language"],
        }
        if code := options["administration"]:
            role = Role(options["role"] or Role.NCP)
            return Wanted(**given, role=role, administration=_found(Administration, code))
        if code := options["liaison_office"]:
            role = Role(options["role"] or Role.LIAISON_HEAD)
            return Wanted(**given, role=role, liaison_office=_found(LiaisonOffice, code))
        return Wanted(**given, role=Role(options["role"] or Role.SECRETARIAT_ADMINISTRATOR), secretariat=True)

    def _say_where(self, made: Invitation) -> None:
        made.refresh_from_db()
        if made.mailed_at is None:
            raise CommandError("the mail server is away: the invitation stands, and a worker goes on trying")
        where = f"by {settings.SMTP_HOST}" if settings.SMTP_HOST else f"to the folder {settings.MAIL_DIR}"
        self.stdout.write(
            f"invited as {made.get_role_display()}, {made.seat_name}; the mail went {where}; "
            f"its link works until {made.expires_at:%Y-%m-%d %H:%M} UTC"
        )


def _found(model: Any, code: str) -> Any:
    found = model.unguarded.filter(code=code.upper(), active=True).first()
    if found is None:
        codes = ", ".join(model.unguarded.filter(active=True).order_by("code").values_list("code", flat=True))
        raise CommandError(f"there is no {model._meta.verbose_name} {code}; there are: {codes}")
    return found
