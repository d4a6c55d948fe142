"""The base of the sealed addresses: machines by credential, the officer's browser by its session."""

from __future__ import annotations

from typing import Any

from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.access.api import DeclaredView
from accounts.actor import Actor
from accounts.api.authentication import CredentialAuthentication
from accounts.refusals import Forbidden, Refusal
from comm.admission.refused import NotAdmitted


class _FormSecret(CsrfViewMiddleware):
    def _reject(self, request: Any, reason: str) -> Any:
        return reason


class SessionOfThePortal(BaseAuthentication):
    """The actor of a signed-in officer; whatever writes has to bring the form's secret (X-CSRFToken)."""

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        actor: Actor | None = getattr(request._request, "actor", None)
        if actor is None:
            return None
        check = _FormSecret(lambda _: None)  # type: ignore[arg-type,return-value]
        check.process_request(request._request)
        if reason := check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]
            raise Forbidden(f"Load the page again: {reason}", code="form_secret")
        return None, actor


class UnknownParameter(Refusal):
    """A parameter that this address knows has no value that it could have."""

    code = "parameter_unknown"


class SealedView(DeclaredView):
    """A view whose actor is a machine or an officer in his browser."""

    authentication_classes = [CredentialAuthentication, SessionOfThePortal]

    @property
    def document(self) -> dict[str, Any]:
        """The map that was sent. Raises NotAdmitted for anything else."""
        if not isinstance(self.request.data, dict):
            raise NotAdmitted("Send a JSON object.", code="schema")
        return self.request.data

    def number(self, name: str, usual: int) -> int:
        """A whole number from -1 in the query. Raises UnknownParameter."""
        text = str(self.request.query_params.get(name, usual))
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 15:
            raise UnknownParameter(f"{name} is a whole number from -1.")
        return int(text)
