"""Images of released versions: exactly those that the version names, for whoever may read the version."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from audit import trail
from audit.verbs import Verb
from cen.images.serving import image_response, is_full, named
from cen.models import ReleasedCase


def _served(request: HttpRequest, actor: Actor, released: ReleasedCase, sha256: str) -> HttpResponse:
    response = image_response(request, named(released.body, sha256))
    if is_full(released.body, sha256):
        what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
        trail.record(actor.who(), Verb.MEDIA_READ, what, facts={"sha256": sha256})
    return response


@page(ReleasedCase, Action.LIST, load="reference", within=Action.LIST, methods=("GET",))
def published_image(request: HttpRequest, actor: Actor, released: ReleasedCase, sha256: str) -> HttpResponse:
    """An image of a published version."""
    return _served(request, actor, released, sha256)


@page(ReleasedCase, Action.QUEUE, load="released_id", by="pk", within=Action.QUEUE, methods=("GET",))
def waiting_image(request: HttpRequest, actor: Actor, released: ReleasedCase, sha256: str) -> HttpResponse:
    """An image of a version that waits, for the office in charge."""
    return _served(request, actor, released, sha256)
