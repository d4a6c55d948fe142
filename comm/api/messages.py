"""Sealed messages, and the ciphertext of their files."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from comm.actions.files import PART, begin, get_part, put_part
from comm.actions.messages import post
from comm.admission.refused import NotAdmitted
from comm.api.described import NUMBER, OCTETS, PROBLEM, described, document, listed, or_null
from comm.api.groups import OfGroupView
from comm.api.octets import id_of, member, written
from comm.models import Group, Message

PAGE = 200
OCTET_STREAM = "application/octet-stream"
STORED = document(i=NUMBER, message=OCTETS, ct=or_null(OCTETS), received_at=NUMBER)


class GroupMessages(OfGroupView):
    object = Group
    actions = {"GET": Action.READ, "POST": Action.AMEND}
    parameters = ("after",)

    @described("messages_list", answered=document(messages=listed(STORED)), after="after")
    def get(self, request: Request, gid: str) -> Response:
        after = self.number("after", 0)
        rows = self.rows(Message, gid).filter(i__gt=after).order_by("i")[:PAGE]
        return Response(
            {
                "messages": [
                    {
                        "i": row.i,
                        "message": written(row.raw),
                        "ct": None if row.ct is None else written(row.ct),
                        "received_at": int(row.received_at.timestamp()),
                    }
                    for row in rows
                ]
            }
        )

    @described("messages_post", sent=document(message=OCTETS, ct=OCTETS), answered=document(i=NUMBER), status=201)
    def post(self, request: Request, gid: str) -> Response:
        group = self.group(gid)
        i, new = post(self.actor, group, member(self.document, "message"), member(self.document, "ct"))
        return Response({"i": i}, status=201 if new else 200)


class GroupFiles(OfGroupView):
    object = Group
    actions = {"POST": Action.AMEND}

    @described("files_begin", sent=document(aid=OCTETS, csize=NUMBER), answered=document(parts=listed(NUMBER)))
    def post(self, request: Request, gid: str) -> Response:
        group, aid, csize = self.group(gid), member(self.document, "aid"), self.document.get("csize")
        if len(aid) != 16 or not isinstance(csize, int) or isinstance(csize, bool):
            raise NotAdmitted("A file has an id of 16 bytes and a size.", code="schema")
        return Response({"parts": sorted(begin(self.actor, group, aid, csize))})


class Octets(BaseParser):
    """A part's bytes as they come; a longer body was refused before."""

    media_type = OCTET_STREAM

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read(PART + 1)


class GroupFilePart(OfGroupView):
    object = Group
    actions = {"GET": Action.READ, "PUT": Action.AMEND}
    parser_classes = [Octets]

    @extend_schema(
        operation_id="sealed_files_get_part", tags=["sealed"], responses={(200, OCTET_STREAM): bytes, **PROBLEM}
    )
    def get(self, request: Request, gid: str, aid: str, number: int) -> HttpResponse:
        data = get_part(self.group(gid), id_of(aid), number)
        return HttpResponse(data, content_type="application/octet-stream")

    @extend_schema(
        operation_id="sealed_files_put_part",
        tags=["sealed"],
        request={OCTET_STREAM: bytes},
        responses={204: None, **PROBLEM},
    )
    def put(self, request: Request, gid: str, aid: str, number: int) -> Response:
        put_part(self.actor, self.group(gid), id_of(aid), number, cast(bytes, request.data))
        return Response(status=204)
