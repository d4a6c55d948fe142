"""Images of published cases, for machines: exactly those that the published version names."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from audit import trail
from audit.verbs import Verb
from cen.images.serving import image_response, named
from cen.models import ReleasedCase


class ImageRenderer(BaseRenderer):
    """Lets a client ask for an image by its Accept header; an error is still a problem document."""

    media_type = "image/jpeg"
    format = "jpg"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return orjson.dumps(data)


class PublishedImage(DeclaredView):
    """One image of a published case, or its thumbnail, by the hash that the case gives for it."""

    object = ReleasedCase
    actions = {"GET": Action.LIST}
    renderer_classes = (JSONRenderer, ImageRenderer)

    @extend_schema(operation_id="cases_media", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, sha256: str) -> HttpResponse:
        released = self.load(ReleasedCase, reference=reference, state="published")
        response = image_response(request._request, named(released.body, sha256))
        what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
        trail.record(self.actor.who(), Verb.MEDIA_READ, what, facts={"sha256": sha256})
        return response
