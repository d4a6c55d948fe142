"""What a visitor of the demonstration is told to unlock the account of the person he stepped into."""

from __future__ import annotations

import json

from django.conf import settings

from accounts.actor import Actor
from accounts.models import Officer

DOMAIN = "@demo.example.org"


def demonstration_card(actor: Actor) -> dict[str, str] | None:
    """Passphrase and Secret Key of the demonstration's own account; None for everybody else, and everywhere else."""
    if not settings.DEMONSTRATION or actor.officer_id is None:
        return None
    email = Officer.unguarded.get(pk__in=[actor.officer_id]).email
    try:
        cards = json.loads(settings.SEALED_DEMONSTRATION_CARDS.read_text())
    except FileNotFoundError:
        return None
    secret = cards["secret_keys"].get(email.removesuffix(DOMAIN)) if email.endswith(DOMAIN) else None
    return {"passphrase": cards["passphrase"], "secret_key": secret} if secret else None
