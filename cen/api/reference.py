"""Code lists for machines."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.models import Administration
from accounts.refusals import Absent
from cen.api import schemas
from cen.codelists import lists


class CodeLists(DeclaredView):
    """The names of all lists with the version loaded."""

    object = Administration
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="codelists_list", responses=schemas.list_of("CodeList"))
    def get(self, request: Request) -> Response:
        return Response({"results": [{"name": name, "version": version} for name, version in lists.versions()]})


class CodeListEntries(DeclaredView):
    """All codes of one list, also those no longer in use, with names in every language there is."""

    object = Administration
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="codelists_read", responses=schemas.list_of("Code"))
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
