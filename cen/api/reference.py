"""Code lists for machines."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.models import Administration
from accounts.refusals import Absent
from cen.codelists import lists
from cen.models import CodeList


class CodeLists(DeclaredView):
    """The names of all lists with the version loaded."""

    object = Administration
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="codelists_list", responses={200: dict})
    def get(self, request: Request) -> Response:
        rows = CodeList.unguarded.order_by("name").values("name", "version")
        return Response({"results": list(rows)})


class CodeListEntries(DeclaredView):
    """All codes of one list, also those no longer in use, with names in every language there is."""

    object = Administration
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="codelists_read", responses={200: dict})
    def get(self, request: Request, name: str) -> Response:
        entries = lists.entries(name)
        if not entries:
            raise Absent
        return Response(
            {
                "results": [
                    {
                        "code": one.code,
                        "parent": one.parent,
                        "names": {language: text for language, text in one.names.items() if text},
                        "valid_from": one.valid_from,
                        "valid_to": one.valid_to,
                    }
                    for one in entries.values()
                ]
            }
        )
