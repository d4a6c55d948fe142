"""The chains that all members read, in the order in which they were accepted."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from comm.actions.directory import tell
from comm.actions.key_stores import SentStore
from comm.admission.refused import NotAdmitted
from comm.api.described import NUMBER, OCTETS, STORE, described, document, listed, or_null
from comm.api.octets import member, octets, written
from comm.api.sealed_view import SealedView
from comm.models import DirectoryLink

PAGE = 500
KIND = {"type": "string", "enum": ["net", "adm", "usr"]}
LINK = document(index=NUMBER, kind=KIND, link=OCTETS)
TOLD = {**document(kind=KIND, link=OCTETS, store=or_null(STORE)), "required": ["kind", "link"]}


def sent_store(document: Any) -> SentStore:
    """A key store as it stands in a document. Raises NotAdmitted."""
    if not isinstance(document, dict):
        raise NotAdmitted("The key store has to be a map.", code="schema")
    rev, slots, replaces = document.get("rev"), document.get("slots"), document.get("replaces")
    if not isinstance(rev, int) or isinstance(rev, bool) or not 1 <= rev < 2**31 or not isinstance(slots, list):
        raise NotAdmitted("A key store has a number and a list of slots.", code="schema")
    before = None if replaces is None else octets(replaces, "replaces")
    return SentStore(rev, member(document, "ct"), [octets(slot, "slot") for slot in slots], before)


class Directory(SealedView):
    """Links of the network, of administrations and of accounts."""

    object = DirectoryLink
    actions = {"GET": Action.LIST, "POST": Action.CREATE}
    parameters = ("after",)

    @described("directory_list", answered=document(links=listed(LINK)), after="after")
    def get(self, request: Request) -> Response:
        after = self.number("after", -1)
        visible = policy_for(DirectoryLink).visible_to(self.actor, Action.LIST)
        rows = visible.filter(leaf_id__gt=after).order_by("leaf_id")[:PAGE]
        return Response({"links": [{"index": row.leaf_id, "kind": row.kind, "link": written(row.raw)} for row in rows]})

    @described("directory_tell", sent=TOLD, answered=document(index=NUMBER), status=201)
    def post(self, request: Request) -> Response:
        raw, kind = member(self.document, "link"), self.document.get("kind")
        if kind not in {"net", "adm", "usr"}:
            raise NotAdmitted("kind is net, adm or usr.", code="newer")
        store = sent_store(self.document["store"]) if self.document.get("store") is not None else None
        return Response({"index": tell(self.actor, kind, raw, store)}, status=201)
