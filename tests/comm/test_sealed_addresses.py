"""The sealed part of the API as clients use it: an officer's browser by session, an agent by its credential."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from cenlink.sealed.checks.usr import Account
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed
from django.db import transaction
from django.test import Client

from accounts.access.checks import declared_views
from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.scopes import Scope
from comm.models import SealedAccount
from tests.access.test_urls import signed_in
from tests.comm.served import Served
from tests.sealed.cases_of_groups import rem
from tests.sealed.network import said

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def machine(actor: Actor, *scopes: Scope) -> Ask:
    """Asks with a fresh credential of the actor's seat."""
    with transaction.atomic(), acting_as(actor):
        key = issue(actor, name="agent", scopes=scopes)[1]
    return asking(Client(), headers={"Authorization": f"Bearer {key}"})


def browser(name: str) -> Ask:
    """Asks as the officer's browser does, without the form's secret."""
    client = signed_in(f"{name}@example.org")
    client.handler.enforce_csrf_checks = True
    return asking(client)


def asking(client: Client, **usual: Any) -> Ask:
    def ask(method: str, path: str, document: Any = None, **more: Any) -> Any:
        data = b"" if document is None else document if isinstance(document, bytes) else json.dumps(document)
        kind = "application/octet-stream" if isinstance(document, bytes) else "application/json"
        return client.generic(method, f"/api/v1/sealed/{path}", data, content_type=kind, **{**usual, **more})

    return ask


def test_an_officers_browser_reads_by_its_session(served: Served) -> None:
    served.room.send_message(served.bob, said("hello"))
    ask, gid = browser("alice"), served.room.gid.hex()
    assert ask("GET", "groups").json() == {"groups": [{"id": gid, "seq": 1, "count": 1}]}
    assert len(ask("GET", "directory?after=-1").json()["links"]) == len(served.network.accepted)
    assert ask("GET", "directory?after=5").json()["links"][0]["index"] == 6
    links = ask("GET", f"groups/{gid}/links").json()["links"]
    assert [unb64(one) for one in links] == [link.signed.raw for link in served.room.chain.links]
    found = ask("GET", f"groups/{gid}/messages?after=0").json()["messages"]
    assert [(one["i"], bool(one["ct"])) for one in found] == [(1, True)]
    assert ask("GET", f"groups/{gid}/messages?after=1").json() == {"messages": []}
    assert ask("GET", f"groups/{gid}/order").json()["lhashes"] == [b64(served.room.order.lhashes[0])]
    wraps = ask("GET", f"groups/{gid}/wraps?n=1").json()["wraps"]
    assert [unb64(one) for one in wraps] == [w.encoded() for w in served.room.wraps if w.account == served.alice.uid]


def test_whatever_writes_from_a_browser_needs_the_forms_secret(served: Served) -> None:
    client = signed_in("bob@example.org")
    client.handler.enforce_csrf_checks = True
    gid, message = served.room.gid.hex(), served.room.sealed(served.bob, said("hello"))
    document = {"message": b64(message.signed.raw), "ct": b64(message.ct or b"")}
    ask = asking(client)
    refused = ask("POST", f"groups/{gid}/messages", document)
    assert (refused.status_code, refused.json()["code"]) == (403, "form_secret")
    secret = client.get("/").wsgi_request.META["CSRF_COOKIE"]
    answer = ask("POST", f"groups/{gid}/messages", document, headers={"X-CSRFToken": secret})
    assert (answer.status_code, answer.json()) == (201, {"i": 1})
    again = ask("POST", f"groups/{gid}/messages", document, headers={"X-CSRFToken": secret})
    assert (again.status_code, again.json()) == (200, {"i": 1})


def test_a_removed_members_open_session_gets_nothing_more(served: Served) -> None:
    ask, gid = browser("bob"), served.room.gid.hex()
    assert ask("GET", f"groups/{gid}/links").status_code == 200
    served.room.turn(served.alice, [rem(served.bob), served.room.epoch(without=[served.bob])])
    for path in ("links", "messages", "order", "wraps?n=1", f"files/{gid}/parts/0"):
        assert ask("GET", f"groups/{gid}/{path}").status_code == 404
    assert ask("GET", "groups").json() == {"groups": []}


@pytest.mark.parametrize("name", ["mallory", "amira", "rosa", "sam", "dora"])
def test_a_group_does_not_exist_for_who_is_not_in_it(served: Served, name: str) -> None:
    ask, gid = browser(name), served.room.gid.hex()
    for path in ("links", "messages", "order", "wraps?n=1", f"files/{gid}/parts/0"):
        assert ask("GET", f"groups/{gid}/{path}").status_code == 404
    assert ask("GET", "groups").json() == {"groups": []}


def test_nobody_unknown_and_no_key_without_the_scope_gets_in(served: Served) -> None:
    assert asking(Client())("GET", "directory").status_code == 401
    declined = machine(served.cast.amira, Scope.OWN_READ)("GET", "directory")
    assert (declined.status_code, declined.json()["code"]) == (403, "scope_missing")


def test_an_administrations_agent_opens_an_account_and_takes_part(served: Served) -> None:
    ask, keys = machine(served.cast.amira, Scope.SEALED), Keys(new_seed())
    op = {"adm": served.ghana.id, "gen": 1, "name": "Desk of Ghana", "pub": keys.public.as_map(), "typ": "agent"}
    raw = write_link("usr", None, [["new", op]], keys, at=served.network.tick())
    assert ask("POST", "directory", {"kind": "usr", "link": b64(raw)}).status_code == 201
    account = Account().apply(raw, served.network.directory)
    served.network.directory.apply("usr", raw)
    agent = account.id
    served.network.adm(served.ghana, ["cert", {"u": agent, "gh": account.genesis, "typ": "agent", "name": None}])
    added = ["add", {"u": agent, "role": "writer", "gen": 1, "kid": keys.kid}]
    served.room.turn(served.alice, [added])
    gid = served.room.gid.hex()
    assert ask("GET", "groups").json()["groups"][0]["id"] == gid
    assert len(ask("GET", f"groups/{gid}/wraps?n=1").json()["wraps"]) == 1
    store = {"rev": 1, "ct": b64(b"sealed"), "slots": [b64(b"slot")], "replaces": None}
    assert ask("PUT", f"keyset?account={agent.hex()}", store).status_code == 204
    assert ask("GET", "keyset").json()["rev"] == 1
    foreign = machine(served.network.contact_points["NL"], Scope.SEALED)
    assert foreign("GET", "groups").json() == {"groups": []}
    assert foreign("GET", f"keyset?account={agent.hex()}").status_code == 404
    assert SealedAccount.unguarded.filter(uid=agent.hex()).count() == 0


def test_a_machine_opens_no_officers_account_and_a_person_no_agents(served: Served) -> None:
    keys = Keys(new_seed())
    for typ, ask in (("officer", machine(served.cast.amira, Scope.SEALED)),):
        op = {"adm": served.ghana.id, "gen": 1, "name": "X", "pub": keys.public.as_map(), "typ": typ}
        raw = write_link("usr", None, [["new", op]], keys)
        assert ask("POST", "directory", {"kind": "usr", "link": b64(raw)}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "document", "status", "code"),
    [
        ("GET", "directory?before=1", None, 400, "parameter_unknown"),
        ("GET", "directory?after=x", None, 400, "parameter_unknown"),
        ("POST", "directory", {"kind": "usr", "link": "***"}, 422, "schema"),
        ("POST", "directory", {"kind": "usr", "link": "QQ=="}, 422, "schema"),
        ("POST", "directory", {"kind": "usr", "link": "QR"}, 422, "schema"),
        ("POST", "directory", {"kind": "usr", "link": "QQ"}, 422, "cbor"),
        ("POST", "directory", {"kind": "grp", "link": "QQ"}, 422, "newer"),
        ("POST", "directory", {"kind": "usr"}, 422, "schema"),
        ("POST", "directory", ["kind"], 422, "schema"),
        ("POST", "groups", {"link": "gA"}, 422, "schema"),
        ("GET", "groups/zz/links", None, 422, "schema"),
        ("PUT", "pins/zz", {"ct": "QQ"}, 404, "absent"),
        ("DELETE", "groups", None, 405, "method_not_allowed"),
        ("GET", "devices/" + "0" * 24, None, 404, "absent"),
        ("POST", "devices", {"request": "gA"}, 422, "schema"),
    ],
)
def test_what_is_malformed_is_declined_and_says_why(
    served: Served, method: str, path: str, document: Any, status: int, code: str
) -> None:
    answer = machine(served.cast.amira, Scope.SEALED)(method, path, document)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_part_goes_up_and_down_as_bytes(served: Served, settings: Any, tmp_path: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    where = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "sealed_files": where}
    client = signed_in("bob@example.org")
    ask, gid, aid = asking(client), served.room.gid.hex(), bytes(16)
    begun = ask("POST", f"groups/{gid}/files", {"aid": b64(aid), "csize": 5000})
    assert (begun.status_code, begun.json()) == (200, {"parts": []})
    assert ask("PUT", f"groups/{gid}/files/{aid.hex()}/parts/0", b"\x00" * 5000).status_code == 204
    got = ask("GET", f"groups/{gid}/files/{aid.hex()}/parts/0")
    assert got.content == b"\x00" * 5000
    assert got["Content-Type"] == "application/octet-stream"
    assert ask("PUT", f"groups/{gid}/files/{aid.hex()}/parts/1", b"x").status_code == 422


def sealed_addresses(gid: str) -> list[tuple[str, str]]:
    """Every method of every sealed address, for this group where one is named."""
    found = []
    for route, _, declaration in declared_views():
        if declaration and route.startswith("api/v1/sealed/"):
            path = route.removeprefix("api/v1/sealed/").replace("<str:gid>", gid).replace("<int:number>", "0")
            path = re.sub(r"<str:(aid|dev)>", "0" * 32, path).replace("<str:h>", "0" * 24)
            found += [(method, path) for method in declaration.actions]
    return found


def test_no_sealed_address_answers_strangers_keys_without_the_scope_or_the_liaison_office(served: Served) -> None:
    walk = sealed_addresses(served.room.gid.hex())
    assert len(walk) >= 20
    stranger, narrow = asking(Client()), machine(served.cast.amira, Scope.OWN_READ)
    liaison = browser("rosa")
    for method, path in walk:
        assert stranger(method, path, {} if method != "GET" else None).status_code == 401, (method, path)
        declined = narrow(method, path, {} if method != "GET" else None)
        assert (declined.status_code, declined.json()["code"]) == (403, "scope_missing"), (method, path)
        if path.startswith("groups/"):
            assert liaison(method, path, None).status_code in {403, 404}, (method, path)


def test_no_sealed_address_of_a_group_exists_for_who_is_no_member(served: Served) -> None:
    outside = machine(served.network.contact_points["NL"], Scope.SEALED)
    for method, path in sealed_addresses(served.room.gid.hex()):
        if path.startswith("groups/"):
            document = {"aid": b64(bytes(16)), "csize": 9, "link": "QQ", "wraps": [], "message": "QQ", "ct": "QQ"}
            sent = b"x" if "parts" in path and method == "PUT" else document if method != "GET" else None
            assert outside(method, path, sent).status_code == 404, (method, path)
