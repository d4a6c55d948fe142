"""Declares an API view: object and action a method; undeclared methods do not exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access.actions import Action
from accounts.access.declaration import Declaration
from accounts.access.portal import load_visible
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Refusal


class DeclaredView(APIView):
    """Base of every API view. `object` and `actions` are its declaration; the actor is `self.actor`.

    parameters: the names that the query string of a GET may carry, `parameters_of_writes` those of other methods; any
    other is refused.
    The method runs in one transaction in which the database knows the actor.
    """

    object: ClassVar[type[Model]]
    actions: ClassVar[Mapping[str, Action]] = {}
    parameters: ClassVar[Collection[str]] = ()
    parameters_of_writes: ClassVar[Collection[str]] = ()
    declaration: ClassVar[Declaration]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "object"):
            cls.declaration = Declaration(cls.object, dict(cls.actions))
            cls.http_method_names = [method.lower() for method in cls.actions]

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.auth)

    def load(self, model: type[Model], **lookup: Any) -> Any:
        """The one visible object, or 404; 403 where the credential could read no object of this kind at all."""
        if refusal := policy_for(model).possible(self.actor, Action.READ):
            raise refusal
        return load_visible(self.actor, model, lookup, lock=self.request.method not in {"GET", "HEAD"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # One transaction from the look-up of the credential to the rendered answer; an error takes back all.
        with transaction.atomic():
            try:
                response = super().dispatch(request, *args, **kwargs)
            finally:
                # Also where an error was not foreseen: the thread's next asker must not meet this one's identity.
                self._end_identity()
            if getattr(response, "exception", False):
                transaction.set_rollback(True)
            return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.parameters if request.method == "GET" else self.parameters_of_writes
        for name in request.query_params:
            if name not in known:
                raise Refusal(_("There is no parameter of this name: %s") % name[:40], code="parameter_unknown")
        identity = acting_as(self.actor)
        identity.__enter__()
        self._identity: AbstractContextManager[None] | None = identity

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        self._end_identity()
        return final

    def _end_identity(self) -> None:
        identity, self._identity = getattr(self, "_identity", None), None
        if identity is not None:
            identity.__exit__(None, None, None)
