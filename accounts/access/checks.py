"""Refuses a start in which a URL has no declared object and action, or a declaration has no rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access.declaration import Declaration
from accounts.access.registry import policies, policy_for

# Views of libraries that we mount, by module prefix, each with the reason why it is open or how it is guarded.
THIRD_PARTY: dict[str, str] = {
    "allauth.": "sign-in and second factors; every branch ends in accounts.sign_in.finish",
    "drf_spectacular.": "the description of the API holds no data",
    "django.views.i18n": "translations hold no data, and a language is chosen for one's own browser",
}


def declared_views() -> Iterator[tuple[str, Any, Declaration | None]]:
    """Every URL pattern with its view and declaration (None where it has none)."""
    yield from _walk(get_resolver(), "")


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any, Declaration | None]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            declaration = getattr(view, "declaration", None) or getattr(
                getattr(view, "cls", None) or getattr(view, "view_class", None), "declaration", None
            )
            yield route, view, declaration


def third_party(view: Any) -> bool:
    """Whether the view is a library's that the table above explains."""
    module = getattr(getattr(view, "view_class", None) or getattr(view, "cls", None) or view, "__module__", "")
    return any(module.startswith(prefix) for prefix in THIRD_PARTY)


@register(Tags.urls)
def every_url_is_declared(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: no declaration. E002: the declared model has no policy. E003: the policy lacks the action."""
    errors: list[CheckMessage] = []
    known = {policy.model for policy in policies()}
    for route, view, declaration in declared_views():
        if declaration is None:
            if not third_party(view):
                errors.append(Error(f"/{route} declares no object and action", id="opencen.E001"))
            continue
        if declaration.is_public or declaration.object is None:
            continue
        if declaration.object not in known:
            errors.append(Error(f"/{route}: {declaration.object.__name__} has no policy", id="opencen.E002"))
            continue
        missing = set(declaration.actions.values()) - set(policy_for(declaration.object).rules)
        errors += [
            Error(f"/{route}: the policy of {declaration.object.__name__} lacks {action}", id="opencen.E003")
            for action in sorted(missing)
        ]
    return errors
