"""The asker's own key store, pins and device requests: sealed bytes in, sealed bytes out."""

from __future__ import annotations

import re
from typing import Any

from cenlink.sealed.checks.cbor import dec
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.refusals import Absent
from comm.actions.accounts_of import own_account
from comm.actions.key_stores import answer_link, ask_to_link, living, put_pins, put_store
from comm.admission.refused import NotAdmitted, admitting
from comm.api.described import ID, NUMBER, OCTETS, STORE, described, document, listed, or_null
from comm.api.directory import sent_store
from comm.api.octets import id_of, member, written
from comm.api.sealed_view import SealedView
from comm.models import DeviceRequest, KeyStore, Pins, SealedAccount

_H = re.compile(r"[0-9a-f]{24}\Z")


class OwnKeysView(SealedView):
    """A view of an own account: the officer's, or the agent's that `account` names."""

    parameters = parameters_of_writes = ("account",)

    def account(self) -> SealedAccount:
        """Raises Absent, NotAdmitted."""
        if named := self.request.query_params.get("account", ""):
            return own_account(self.actor, id_of(named))
        rows = policy_for(SealedAccount).visible_to(self.actor).filter(ended_at=None)
        own: dict[str, Any] = {"officer_id": self.actor.officer_id, **self.actor.seat}
        del own["liaison_office_id"]
        found = list(rows.filter(**own)[:2])
        if len(found) != 1:
            raise Absent
        return found[0]

    def own(self, model: Any) -> Any:
        """The rows of the account that the asker may read."""
        return policy_for(model).visible_to(self.actor).filter(account=self.account())


class OwnKeyStore(OwnKeysView):
    object = KeyStore
    actions = {"GET": Action.READ, "PUT": Action.AMEND}

    @described("keyset_read", answered=document(rev=NUMBER, ct=OCTETS, slots=listed(OCTETS), account=ID))
    def get(self, request: Request) -> Response:
        found = self.own(KeyStore).first()
        if found is None:
            raise Absent
        slots = [written(slot) for slot in found.slots]
        return Response({"rev": found.rev, "ct": written(found.ct), "slots": slots, "account": found.account_id})

    @described("keyset_replace", sent=STORE, status=204)
    def put(self, request: Request) -> Response:
        put_store(self.actor, self.account(), sent_store(self.document))
        return Response(status=204)


class AllPins(OwnKeysView):
    object = Pins
    actions = {"GET": Action.LIST}

    @described("pins_list", answered=document(pins=listed(document(dev=ID, ct=OCTETS))))
    def get(self, request: Request) -> Response:
        return Response({"pins": [{"dev": row.dev, "ct": written(row.ct)} for row in self.own(Pins)]})


class PinsOfDevice(OwnKeysView):
    object = Pins
    actions = {"PUT": Action.AMEND}

    @described("pins_put", sent=document(ct=OCTETS), status=204)
    def put(self, request: Request, dev: str) -> Response:
        put_pins(self.actor, self.account(), id_of(dev), member(self.document, "ct"))
        return Response(status=204)


class Devices(SealedView):
    object = DeviceRequest
    actions = {"POST": Action.CREATE}

    @described("devices_ask", sent=document(request=OCTETS), status=201)
    def post(self, request: Request) -> Response:
        asked = member(self.document, "request")
        with admitting():
            content = dec(asked)
        uid = content.get("u") if isinstance(content, dict) else None
        if not isinstance(uid, bytes):
            raise NotAdmitted("The request names no account.", code="schema")
        ask_to_link(self.actor, asked, uid)
        return Response(status=201)


class Device(SealedView):
    object = DeviceRequest
    actions = {"GET": Action.READ, "POST": Action.AMEND}

    def asked(self, h: str) -> DeviceRequest:
        """Raises Absent."""
        if not _H.match(h) or not policy_for(DeviceRequest).visible_to(self.actor).filter(h=h).exists():
            raise Absent
        return living(h)

    @described("devices_read", answered=document(request=OCTETS, answer=or_null(OCTETS)))
    def get(self, request: Request, h: str) -> Response:
        found = self.asked(h)
        answer = None if found.answer is None else written(found.answer)
        return Response({"request": written(found.request), "answer": answer})

    @described("devices_answer", sent=document(answer=OCTETS), status=201)
    def post(self, request: Request, h: str) -> Response:
        answer_link(self.actor, self.asked(h), member(self.document, "answer"))
        return Response(status=201)
