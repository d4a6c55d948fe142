"""How an image is served: as a picture and nothing else, and asked for anew each time it is looked at."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from accounts.refusals import Absent
from cen.images import store


def image_response(request: HttpRequest, sha256: str) -> HttpResponse:
    """The stored image, for whoever was allowed it already; Absent where there is no such file.

    A browser keeps it for this person alone and asks each time, so that the right to see it is read anew;
    the hash is its tag.
    """
    response: HttpResponse
    if request.headers.get("If-None-Match") == f'"{sha256}"':
        response = HttpResponseNotModified()
    else:
        content = store.content_of(sha256)
        if content is None:
            raise Absent
        response = HttpResponse(content, content_type="image/jpeg")
        response["Content-Disposition"] = f'inline; filename="{sha256[:12]}.jpg"'
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def is_named(body: dict[str, Any], sha256: str) -> bool:
    """Whether a released document names this content, as an image or as its thumbnail."""
    return any(sha256 in (one.get("sha256"), one.get("thumbnail_sha256")) for one in body.get("media", ()))


def named(body: dict[str, Any], sha256: str) -> str:
    """The hash, where the released document names it; raises Absent otherwise."""
    if not is_named(body, sha256):
        raise Absent
    return sha256


def is_full(body: dict[str, Any], sha256: str) -> bool:
    """Whether this is an image in full, not its thumbnail."""
    return any(one.get("sha256") == sha256 for one in body.get("media", ()))
