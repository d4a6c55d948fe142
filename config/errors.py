"""A domain refusal becomes a page for people and a problem document (RFC 9457) for machines."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.refusals import Absent, Forbidden, Refusal, RulesBroken

log = logging.getLogger("opencen.errors")


class DomainErrors:
    """Answers refusals raised by portal pages; the API has its own handler below."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return page_for(request, exception)
        return None


def page_for(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The error page of a refusal: what happened, and what to do."""
    findings = refusal.findings if isinstance(refusal, RulesBroken) else ()
    context = {"refusal": refusal, "findings": findings, "status": refusal.status}
    response = render(request, _templates(refusal.status), context, status=refusal.status)
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def problem(refusal: Refusal, instance: str = "") -> dict[str, Any]:
    """The members of a problem document; `errors` lists findings with pointer, code and sentence."""
    document: dict[str, Any] = {
        "type": f"urn:opencen:problem:{refusal.code}",
        "title": str(refusal.sentence),
        "status": refusal.status,
        "code": refusal.code,
    }
    if instance:
        document["instance"] = instance
    if isinstance(refusal, RulesBroken):
        document["errors"] = [finding.as_problem() for finding in refusal.findings]
    return document


def problem_for_api(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The API's handler: every error is a problem document; what we did not foresee stays a plain 500."""
    refusal = _as_refusal(exception)
    if refusal is None:
        return None
    response = Response(
        problem(refusal, context["request"].path),
        status=refusal.status,
        content_type="application/problem+json",
    )
    if wait := refusal.extra.get("retry_after"):
        response["Retry-After"] = str(wait)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _as_refusal(exception: Exception) -> Refusal | None:
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, Http404):
        return Absent()
    if isinstance(exception, PermissionDenied):
        return Forbidden()
    if isinstance(exception, APIException):
        refusal = Refusal(str(exception.detail), code=str(exception.default_code))
        refusal.status = exception.status_code
        return refusal
    return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 400, "bad_request", _("The request can't be read. Go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 403, "forbidden", str(Forbidden.sentence))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 404, "absent", str(Absent.sentence))


def too_large(request: HttpRequest) -> HttpResponse:
    return _plain(request, 413, "too_large", _("This is too large to be taken. Send less at once."))


def server_error(request: HttpRequest) -> HttpResponse:
    number = uuid.uuid4().hex[:12]
    log.error("unforeseen error %s on %s", number, request.path)
    sentence = _("Something went wrong on our side. Nothing you sent before was lost. Error number %(number)s.")
    return _plain(request, 500, "server_error", sentence % {"number": number})


def _plain(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    refusal = Refusal(sentence, code=code)
    refusal.status = status
    if request.path.startswith("/api/"):
        return JsonResponse(problem(refusal, request.path), status=status, content_type="application/problem+json")
    return render(request, _templates(status), {"refusal": refusal, "status": status}, status=status)


def _templates(status: int) -> list[str]:
    """The page of this status where there is one, else the general page."""
    return [f"errors/{status}.html", "errors/refusal.html"]
