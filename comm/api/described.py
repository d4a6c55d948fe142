"""The sealed addresses in the description of the API: byte strings, numbers, and what each answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema

Shape = dict[str, Any]
OCTETS: Shape = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$", "description": "Bytes, base64url without padding."}
NUMBER: Shape = {"type": "integer", "minimum": 0}
ID: Shape = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
PROBLEM: dict[Any, Any] = {("default", "application/problem+json"): {"$ref": "#/components/schemas/Problem"}}


def document(**members: Shape) -> Shape:
    return {"type": "object", "properties": members, "required": sorted(members), "additionalProperties": False}


def listed(items: Shape) -> Shape:
    return {"type": "array", "items": items}


def or_null(shape: Shape) -> Shape:
    return {"oneOf": [shape, {"type": "null"}]}


STORE = document(rev=NUMBER, ct=OCTETS, slots=listed(OCTETS), replaces=or_null(OCTETS))


def described(
    name: str, *, sent: Shape | None = None, answered: Shape | None = None, status: int = 200, after: str = ""
) -> Any:
    """Describes one method: `sent` and `answered` are documents; `after` names the number in its query."""
    parameters = [OpenApiParameter(after, int, description="Only what stands behind this number.")] if after else []
    return extend_schema(
        operation_id=f"sealed_{name}",
        tags=["sealed"],
        parameters=parameters,
        request={"application/json": sent} if sent else None,
        responses={status: answered, **PROBLEM},
    )


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of the portal, for an officer's browser."""

    target_class = "comm.api.sealed_view.SessionOfThePortal"
    name = "portalSession"

    def get_security_definition(self, auto_schema: Any) -> Shape:
        return {"type": "apiKey", "in": "cookie", "name": "opencen-session"}
