"""Declares a portal page: object and action, then the kernel loads, checks and opens the transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access.actions import Action
from accounts.access.declaration import Declaration
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, StepUpNeeded

type View = Callable[..., HttpResponse]
WRITING = frozenset({"POST"})


def public(because: str, *, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View], View]:
    """Declares a page open to everybody, with the reason why."""

    def declare(view: View) -> View:
        @wraps(view)
        def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                return HttpResponseNotAllowed(methods)
            return view(request, *args, **kwargs)

        served.declaration = Declaration(None, {}, public_because=because)  # type: ignore[attr-defined]
        return cast(View, served)

    return declare


def page[M: Model](
    model: type[M],
    action: Action,
    *,
    load: str = "",
    by: str = "",
    within: Action = Action.READ,
    post: Action | None = None,
    methods: tuple[str, ...] = ("GET", "POST"),
    lock: bool = True,
    sealed: bool = False,
) -> Callable[[Callable[Concatenate[HttpRequest, Actor, ...], HttpResponse]], View]:
    """Declares a page for people.

    load: the URL's keyword that names the object, looked up in the field `by` (default: the same name) among
    the objects visible to the actor for the action `within`; the view then gets the object in its place. A
    POST locks the row and is checked for `post` (default: `action`); lock=False where the act leaves the row as
    it is, since row security hides a row from a lock of somebody who could not write it. sealed=True where the
    page uses keys: it is answered under the stricter policy of config.security.SealedPages. Without load
    the view gets the actor only, and the action must be possible for the actor at all. View: `view(request,
    actor, object?, **other keywords)`, run inside one transaction in which the database knows the actor.
    """
    actions = {"POST": post or action} if "POST" in methods else {}
    if "GET" in methods:
        actions |= {"GET": action, "HEAD": action}

    def declare(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def served(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_sign_in(request)
            method = request.method or "GET"
            if method not in actions:
                return HttpResponseNotAllowed(methods)
            policy = policy_for(model)
            try:
                with transaction.atomic(), acting_as(actor):
                    if not load:
                        if refusal := policy.possible(actor, actions[method]):
                            raise refusal
                        return _rendered(view(request, actor, **kwargs))
                    subject = load_visible(
                        actor, model, {by or load: kwargs.pop(load)}, lock=lock and method in WRITING, within=within
                    )
                    policy.require(actor, actions[method], subject)
                    return _rendered(view(request, actor, subject, **kwargs))
            except StepUpNeeded:
                return ask_for_factor(request)

        served.declaration = Declaration(model, actions, load, by or load, within)  # type: ignore[attr-defined]
        served.sealed = sealed  # type: ignore[attr-defined]
        return cast(View, served)

    return declare


def load_visible[M: Model](
    actor: Actor, model: type[M], lookup: dict[str, Any], *, lock: bool = False, within: Action = Action.READ
) -> M:
    """The one object that the actor may read; Absent where there is none, whatever the reason."""
    # PostgreSQL keeps no NUL, so nothing can have such a name.
    if any("\0" in one for one in lookup.values() if isinstance(one, str)):
        raise Absent
    visible = policy_for(model).visible_to(actor, within)
    if lock:
        visible = visible.select_for_update(of=("self",))
    try:
        # A key that is none (an id that a form sent) is refused when the filter is made.
        rows = visible.filter(**lookup)
        subject = rows.first() if "pk" not in lookup and "id" not in lookup else rows.get()
    except (ObjectDoesNotExist, ValueError, ValidationError):
        raise Absent from None
    if subject is None:
        raise Absent
    return subject


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again; a form that was being sent is told so by the page.

    A script that asks in the background is only refused: it would load that page unseen, and the form secret made for
    it would take the place of the one that the person's own sign-in form holds.
    """
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return HttpResponse(status=401)
    return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")


def ask_for_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the second factor; with what was typed kept in a form that can be sent again.

    A factor goes stale while somebody types. What he sent goes back to his browser and is kept nowhere else.
    Passwords and files do not travel so: those forms are begun again.
    """
    typed = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    if not typed or request.FILES or any("password" in name for name, _value in typed):
        return redirect_to_step_up(request)
    context = {"typed": typed, "again": request.get_full_path()}
    return render(request, "accounts/send_again.html", context, status=StepUpNeeded.status)


def redirect_to_step_up(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the second factor, and back to the page the act was begun on."""
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    return redirect(f"{reverse('step_up')}?{urlencode({'next': back})}")


def _rendered(response: HttpResponse) -> HttpResponse:
    """Renders a lazy response while the transaction and the actor's identity still stand."""
    render = getattr(response, "render", None)
    return render() if callable(render) and not getattr(response, "is_rendered", True) else response
