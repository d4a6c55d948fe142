"""What a person's browser can do for sealed messages: to be looked at before the first one, and by support."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from accounts.models import Officer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial may end with, and how it is told."""

    state: str
    label: Any
    tone: str = "ok"
    icon: str = "done"
    more: Any = ""


@dataclass(frozen=True, slots=True)
class Ability:
    """One row; `name` is the browser's own word where it has one."""

    name: str
    purpose: Any
    how: Any
    outcomes: tuple[Outcome, ...]


def _missing(more: Any, state: str = "failed") -> Outcome:
    return Outcome(state, _("Does not work"), "bad", "warning", more)


WORKS = Outcome("right", _("Works"))
NATIVE = Outcome("native", _("Does it itself"))
BUNDLED = Outcome("bundled", _("By OpenCEN's module"), "", "info", _("slower than the browser's own would be"))
ABILITIES = (
    Ability(
        "worker",
        _("Keeps keys apart from the page"),
        _("a worker under the page's own policy"),
        (WORKS, _missing(_("sealed messages can't be opened here"))),
    ),
    Ability(
        "MLKEM768-X25519", _("Receives keys that a quantum computer can't open"), "MLKEM768-X25519", (NATIVE, BUNDLED)
    ),
    Ability("ML-DSA-65", _("Signs so that a quantum computer can't forge it"), "ML-DSA-65", (NATIVE, BUNDLED)),
    Ability(
        "Ed25519",
        _("Signs as other programs do today"),
        "Ed25519",
        (NATIVE, _missing(_("use a newer browser"), "bundled")),
    ),
    Ability("passphrase", _("Opens by passphrase"), "Argon2id, 64 MiB", (WORKS, _missing(_("use a passkey")))),
)


@page(Officer, Action.VISIT, methods=("GET",), sealed=True)
def abilities(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The table with every outcome; the browser shows those that it finds."""
    return render(request, "comm/abilities.html", {"abilities": ABILITIES})
