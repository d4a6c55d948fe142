"""The page of sealed groups: a frame with all its words; what is sealed is opened in the browser only."""

from __future__ import annotations

import json
from typing import Any

from cenlink.sealed.refusals import SENTENCES
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from comm.admission import known
from comm.models import Authority, DirectoryLink
from comm.portal.demonstration import demonstration_card


@page(DirectoryLink, Action.LIST, methods=("GET",), sealed=True)
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Which chain speaks for the officer's administration, and whether he may found, certify or admit."""
    chain = _chain_of(actor)
    administration = Administration.unguarded.filter(pk=actor.administration_id).first()
    context = {
        "sentences": json.dumps({str(code): gettext(said) for code, said in SENTENCES.items()}),
        "adm": chain or ("none" if administration else ""),
        "cc": administration.code if administration else "",
        "administration": administration.name if administration else "",
        "contact_point": policy_for(Authority).possible(actor, Action.CREATE) is None and administration is not None,
        "card": demonstration_card(actor),
        "root_keeper": policy_for(DirectoryLink).possible(actor, Action.DIRECT) is None,
    }
    return render(request, "comm/sealed.html", context)


def _chain_of(actor: Actor) -> str:
    """The chain that speaks for the own administration: the newest that the network admitted, else the newest."""
    own: dict[str, Any] = {"administration_id": actor.administration_id}
    rows = policy_for(Authority).visible_to(actor).filter(**own).order_by("-founded_at")
    chains = [row.chain for row in rows]
    admissions = known.directory().net.admissions
    admitted = [chain for chain in chains if (one := admissions.get(bytes.fromhex(chain))) and not one.revoked]
    return next(iter([*admitted, *chains]), "")
