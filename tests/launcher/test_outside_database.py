"""deploy/postgres_roles.sql makes an outside PostgreSQL ready for both roles, and for nothing more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from config.embedded import databases
from config.embedded.preparation import ROOT

NAME = "outside"
pytestmark = pytest.mark.xdist_group("up")


def statements() -> tuple[list[str], list[str]]:
    """What runs on the server, and what runs in the new database, which has a name of its own in this test."""
    lines = (ROOT / "deploy" / "postgres_roles.sql").read_text().splitlines()
    text = re.sub(r"\bopencen\b", NAME, "\n".join(line for line in lines if not line.startswith("--")))
    parts = text.split(f"\\connect {NAME}\n")
    first, second = ([one.strip() for one in part.split(";") if one.strip()] for part in parts)
    return first, second


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    server, (first, second) = os.environ["OPENCEN_TEST_SERVER"], statements()
    with databases.connect(server) as superuser:
        for one in first:
            # The roles stand already, for all databases of this server.
            if not one.startswith("CREATE ROLE"):
                superuser.execute(one)  # type: ignore[call-overload]
    with databases.connect(databases.with_database(server, NAME)) as superuser:
        for one in second:
            superuser.execute(one)  # type: ignore[call-overload]
    yield {
        address: databases.with_database(os.environ[address], NAME)
        for address in ("OPENCEN_OWNER_DATABASE_URL", "DATABASE_URL")
    }
    with databases.connect(server) as superuser:
        databases.drop(superuser, NAME)


def test_both_roles_get_the_rights_that_our_own_servers_give(addresses: dict[str, str]) -> None:
    made = [one for one in statements()[0] if one.startswith("CREATE ROLE")]
    assert made == [f"CREATE ROLE {role} {databases.ROLE_RIGHTS}" for role in (databases.OWNER, databases.APPLICATION)]


def test_the_owner_migrates_and_the_application_reads_but_makes_nothing(addresses: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input", "--verbosity", "0"],
        env=os.environ | addresses,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with databases.connect(addresses["DATABASE_URL"]) as application:
        assert application.execute("SELECT count(*) FROM cen_case").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("CREATE TABLE of_mine (x int)")
