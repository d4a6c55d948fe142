"""Groups of the asker's accounts: their chains, wrapped keys and the order of their messages."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.refusals import Absent
from comm.actions.groups import found, offer_wrap, turn
from comm.admission.refused import NotAdmitted
from comm.api.described import ID, NUMBER, OCTETS, described, document, listed
from comm.api.octets import id_of, member, octets, written
from comm.api.sealed_view import SealedView
from comm.models import Group, GroupLink, Message, Wrap

LINKS, LHASHES = 500, 20_000
MOST_WRAPS = 2_000


class OfGroupView(SealedView):
    """A view under `groups/GID`."""

    def group(self, gid: str) -> Group:
        """The group, if the asker takes part in it; 404 otherwise."""
        id_of(gid)
        found: Group | None = policy_for(Group).visible_to(self.actor).filter(gid=gid).first()
        if found is None:
            raise Absent
        return found

    def rows(self, model: Any, gid: str) -> Any:
        """The rows of the group that the asker may read."""
        return policy_for(model).visible_to(self.actor, Action.LIST).filter(group=self.group(gid))


class Groups(SealedView):
    object = Group
    actions = {"GET": Action.LIST, "POST": Action.CREATE}

    @described("groups_list", answered=document(groups=listed(document(id=ID, seq=NUMBER, count=NUMBER))))
    def get(self, request: Request) -> Response:
        rows = policy_for(Group).visible_to(self.actor, Action.LIST)
        return Response({"groups": [{"id": one.gid, "seq": one.seq, "count": one.count} for one in rows]})

    @described("groups_found", sent=document(link=OCTETS), answered=document(id=ID), status=201)
    def post(self, request: Request) -> Response:
        return Response({"id": found(self.actor, member(self.document, "link")).gid}, status=201)


class GroupLinks(OfGroupView):
    object = Group
    actions = {"GET": Action.READ, "POST": Action.AMEND}
    parameters = ("after",)

    @described("links_list", answered=document(links=listed(OCTETS)), after="after")
    def get(self, request: Request, gid: str) -> Response:
        after = self.number("after", -1)
        rows = self.rows(GroupLink, gid).filter(seq__gt=after).order_by("seq")[:LINKS]
        return Response({"links": [written(row.raw) for row in rows]})

    @described("links_add", sent=document(link=OCTETS, wraps=listed(OCTETS)), answered=document(seq=NUMBER), status=201)
    def post(self, request: Request, gid: str) -> Response:
        group = self.group(gid)
        link, wraps = member(self.document, "link"), self.document.get("wraps")
        if not isinstance(wraps, list) or len(wraps) > MOST_WRAPS:
            raise NotAdmitted(f"wraps is a list of at most {MOST_WRAPS}.", code="schema")
        return Response({"seq": turn(self.actor, group, link, [octets(one, "wrap") for one in wraps])}, status=201)


class GroupWraps(OfGroupView):
    object = Group
    actions = {"GET": Action.READ, "POST": Action.AMEND}
    parameters = ("n",)

    @described("wraps_own", answered=document(wraps=listed(OCTETS)), after="n")
    def get(self, request: Request, gid: str) -> Response:
        n = self.number("n", 1)
        rows = self.rows(Wrap, gid).filter(n=max(n, 0))
        return Response({"wraps": [written(row.raw) for row in rows]})

    @described("wraps_offer", sent=document(wrap=OCTETS), status=201)
    def post(self, request: Request, gid: str) -> Response:
        offer_wrap(self.actor, self.group(gid), member(self.document, "wrap"))
        return Response(status=201)


class GroupOrder(OfGroupView):
    object = Group
    actions = {"GET": Action.READ}
    parameters = ("after",)

    @described("order_list", answered=document(lhashes=listed(OCTETS)), after="after")
    def get(self, request: Request, gid: str) -> Response:
        after = self.number("after", 0)
        rows = self.rows(Message, gid).filter(i__gt=after).order_by("i").values_list("lhash", flat=True)[:LHASHES]
        return Response({"lhashes": [written(lhash) for lhash in rows]})
