"""Headers that every answer carries, and requests that no page of ours would send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.errors import too_large

MEBIBYTE = 1024 * 1024
# Signing in and accepting an invitation take some hundred bytes.
LARGEST_OF_STRANGERS = MEBIBYTE // 4
# A case of five hundred lines of each kind is well under this.
LARGEST_DOCUMENT = 8 * MEBIBYTE
# Twelve photos of 15 MB at once, and the form around them.
LARGEST_FORM = 181 * MEBIBYTE
# The largest file an import takes, and the form around it.
LARGEST_IMPORT = 201 * MEBIBYTE
_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class ResponseHeaders:
    """Closes what Django leaves open; whatever a signed-in person sees stays out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class SealedPages:
    """Gives pages declared with `sealed=True` their own content policy, whatever their answer is.

    Their scripts run under a hash only. The policy is Django's override for a view, set here because the rooms
    that have sealed pages lie below this one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "sealed", False):
            response._csp_config = settings.SEALED_CSP  # type: ignore[attr-defined]
            response.setdefault("Integrity-Policy", "blocked-destinations=(script)")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        """Notes what the view was declared as, before anything can refuse it."""
        request.sealed = getattr(view, "sealed", False)  # type: ignore[attr-defined]


class RefuseCrossSite:
    """Refuses writing requests that the browser itself says come from another site (Fetch Metadata)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.method not in {"GET", "HEAD", "OPTIONS"} and site not in {"same-origin", "none"}:
            return HttpResponse("Refused: sent from another site.", status=403, content_type="text/plain")
        return self.get_response(request)


class BoundedBodies:
    """Refuses a body that is too large for whom it comes from and where it goes, before anything reads it.

    Stands behind the actor; the check of a form's secret, which reads the body, comes after all of these.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) <= self._most(request):
            return self.get_response(request)
        return too_large(request)

    @staticmethod
    def _most(request: HttpRequest) -> int:
        if request.path.startswith("/api/"):
            return LARGEST_DOCUMENT
        if getattr(request, "actor", None) is None:
            return LARGEST_OF_STRANGERS
        if request.path.startswith("/imports"):
            return LARGEST_IMPORT
        return LARGEST_FORM
