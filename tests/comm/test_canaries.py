"""After a busy session no word of it is found in what the server keeps: rows, write-ahead log, store, log."""

from __future__ import annotations

import base64
import logging
import os
from pathlib import Path
from typing import Any

import pytest
import redis
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.room import Room
from django.conf import settings as product
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from tests.accounts.test_passkey_in_browser import site
from tests.comm.served import Served
from tests.comm.test_agent_over_http import desk, files_in_a_folder
from tests.sealed.network import said

__all__ = ["desk", "files_in_a_folder", "site"]
pytestmark = pytest.mark.django_db
WORD = "Zanzibar-canary-7741"
FOUND = "Zanzibar-not-sealed-7741"


@pytest.fixture(params=[100, pytest.param(500, marks=[pytest.mark.acceptance, pytest.mark.timeout(1800)])])
def messages(request: pytest.FixtureRequest) -> int:
    """As many as a change can wait for; the whole session in `./run acceptance`."""
    return int(request.param)


@pytest.fixture
def written(desk: Desk, served: Served, files_in_a_folder: None, tmp_path: Path, caplog: Any, messages: int) -> str:
    """A session of two writers with text, names and files that hold the word; what was logged meanwhile."""
    caplog.set_level(logging.DEBUG)
    for number in range(messages // 2):
        served.room.send_message(served.bob, said(f"{WORD} {number}"))
    (gid,) = desk.sync()
    room = Room(desk, gid)
    for number in range(messages // 2):
        room.post(f"{WORD} {number}")
    for number in range(2):
        source = tmp_path / f"{WORD} {number}.txt"
        source.write_bytes(WORD.encode() * 100_000)
        room.post(WORD, files=[source])
    room.post("see the name")
    return str(caplog.text)


def spellings() -> list[bytes]:
    """The word as it might stand somewhere: plain, in hexadecimal, and in base64 at any offset."""
    plain = WORD.encode()
    shifted = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [plain, plain.hex().encode(), *shifted, WORD.encode("utf-16-le")]


def test_no_row_no_log_and_no_store_holds_what_was_written(written: str, messages: int, tmp_path: Path) -> None:
    words = spellings()
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)), connection.cursor() as cursor:
        cursor.execute("select count(*) from comm_message")
        assert cursor.fetchone() == (messages + 3,)
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')  # noqa: S608  (names from the catalogue)
            for (row,) in cursor.fetchall():
                assert not any(word in row.encode() for word in words), table
    for path in (tmp_path / "sealed").rglob("*"):
        assert path.is_dir() or not any(word in path.read_bytes() for word in words)
        assert WORD not in path.name
    assert WORD not in written
    with redis.Redis.from_url(product.REDIS_URL) as client:
        for key in client.scan_iter():
            dumped = client.dump(key) or b""
            assert not any(word in bytes(key) + dumped for word in words)


def test_the_write_ahead_log_of_the_database_holds_no_word_of_it(written: str) -> None:
    log = Path(os.environ["OPENCEN_HOME"]) / "postgres" / "pg_wal"
    if not log.is_dir():
        pytest.skip("the write-ahead log of an outside server cannot be read here")
    with connection.cursor() as cursor:
        # A word that is not sealed is found there, so the search can find something.
        cursor.execute("select pg_logical_emit_message(false, 'test', %s, true)", [FOUND])
        cursor.execute("select count(*) from comm_message")
    data = b"".join(path.read_bytes() for path in log.iterdir() if path.is_file())
    assert FOUND.encode() in data
    assert not any(word in data for word in spellings())
