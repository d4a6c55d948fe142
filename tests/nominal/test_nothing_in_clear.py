"""After a whole journey no nominal value stands in clear in any table, event, log line, session or Valkey key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.models import Session
from alerts.fanout import fan_out_next
from cen.lifecycle import ReleasedState
from cen.models import Case, ReleasedCase
from cen.portal.purposes import _KEY
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.nominal.people import COMPANY, KWABENA, WHY
from tests.nominal.test_disclosures import WISH
from tests.records import a_released_case

pytestmark = pytest.mark.django_db
PLATE, PHONE = "GR 4418-21", "+233 24 555 0187"
# What must never stand anywhere, each also without its separators and in small letters.
VALUES = [
    *("Ofosu", "Kwabena", "Kobby", "G 4418802", "12 Harbour", "24 555 0187", "020 555 0144", "kwabena.welder"),
    *("WEST 1234 5698", "Limps on", "1985-04-12", "Blue Heron", "CS-2291/04", "136695976", "Dock Road", PLATE),
]


def forms_of(value: str) -> set[str]:
    bare = "".join(char for char in value if char.isalnum())
    return {value, value.casefold(), *({bare, bare.casefold()} if len(bare) > 5 else ())}


def told(text: str) -> set[str]:
    return {value for value in VALUES if any(form in text or form in text.casefold() for form in forms_of(value))}


def every_row() -> Iterator[tuple[str, str]]:
    """Each row of each table as text, and its bytes (which PostgreSQL writes as hex) decoded."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(f'select * from "{table}"')  # noqa: S608  (names from the catalogue)
            for row in cursor.fetchall():
                parts = [
                    bytes(one).decode(errors="replace") if isinstance(one, memoryview | bytes) else str(one)
                    for one in row
                ]
                yield table, "\x1f".join(parts)


def the_journey(cast: Cast) -> ReleasedCase:
    """Record, look up, amend, compare before release, ask, grant, read, rotate nothing: all by the pages."""
    released = a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    alice, amira, bob = (signed_in(f"{name}@example.org") for name in ("alice", "amira", "bob"))
    home = f"/cases/{released.case_id}"
    why = {"code": WHY.code, "text": WHY.text, "about": f"case:{released.case_id}"}
    for text in ("About Kwabena Ofosu himself", "kwabena.welder@example.org"):
        alice.post("/purpose", why | {"text": text})
    alice.post("/purpose", why)
    look = {"step": "look", "kind": "person", "lookup": "name", "text": "Kwabena Yaw Ofosu-Mensah"}
    alice.post(f"{home}/parties/add", look)
    person = KWABENA | {"step": "new", "kind": "person", "role": "DRIVER"}
    assert alice.post(f"{home}/parties/add", person | {"sex": "?"}).status_code == 422
    assert alice.post(f"{home}/parties/add", person).status_code == 302
    assert alice.post(f"{home}/parties/add", person).status_code == 200
    company = COMPANY | {
        "step": "new",
        "kind": "company",
        "role": "CONSIGNEE",
        "accounts": "GB83 WEST 1234 5698 7654 32",
    }
    assert alice.post(f"{home}/parties/add", company, follow=True).status_code == 200
    assert alice.post(f"{home}/identifiers", {"kind": "plate", "raw": PLATE}).status_code == 302
    assert alice.post(f"{home}/identifiers", {"kind": "imei", "raw": PHONE}).status_code == 302
    assert alice.get(f"{home}/parties").status_code == 200
    search = {"lookup": "phone", "text": PHONE, "purpose-code": WHY.code, "purpose-text": WHY.text}
    assert "Ofosu" in amira.post("/parties", search).content.decode()
    asked = bob.post(f"/published/{released.reference}/ask", WISH)["Location"]
    while fan_out_next():
        pass
    page = amira.get(f"{asked}/answer").content.decode()
    keys = [part.partition('"')[0] for part in page.split('name="chosen" value="')[1:]]
    assert len(keys) > 10
    today = datetime.now(UTC).date().isoformat()
    assert amira.post(f"{asked}/answer", {"step": "grant", "chosen": keys, "until": today}).status_code == 302
    bob.post("/purpose", why | {"about": f"disclosure:{asked.rpartition('/')[2]}"})
    assert "Ofosu" in bob.get(f"{asked}/content").content.decode()
    while fan_out_next():
        pass
    return released


def test_no_nominal_value_stands_in_clear_anywhere(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        released = the_journey(cast)
    seen: set[str] = set()
    for actor in (cast.amira, cast.bob, system(SystemTask.FAN_OUT)):
        with acting_as(actor):
            for table, row in every_row():
                seen.add(table)
                assert not told(row), (table, told(row))
    assert {"cen_party", "cen_partylookup", "cen_disclosure", "audit_event", "alerts_alert"} <= seen
    for session in Session.objects.all():
        content = session.get_decoded()
        assert not told(repr(content)), content.keys()
    assert any(_KEY in one.get_decoded() for one in Session.objects.all())
    assert not told("\n".join(f"{line.getMessage()} {line.args} {line.exc_text}" for line in caplog.records))
    assert not told("\n".join(_valkey()))
    # The search itself can find: with the value in the open it does.
    with acting_as(cast.alice):
        Case.unguarded.filter(pk=released.case_id).update(place_name="Ofosu")
        assert any(told(row) == {"Ofosu"} for table, row in every_row() if table == "cen_case")


def _valkey() -> Iterator[str]:
    """Every key of cache and broker with what it holds."""
    for url in (settings.REDIS_URL, settings.CELERY_BROKER_URL):
        address = url.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
        with redis.Redis.from_url(address) as client:
            for key in client.scan_iter():
                yield key.decode(errors="replace")
                yield str(_content(client, key))


def _content(client: Any, key: bytes) -> Any:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"hash":
            return client.hgetall(key)
        case b"set":
            return client.smembers(key)
        case _:
            return client.zrange(key, 0, -1)
