"""Roles and databases: one role owns everything and migrates, the other works and owns nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.embedded.postgres import APPLICATION, OWNER

type Connection = psycopg.Connection[tuple[object, ...]]

# Written out, so that also an existing role loses what it should not have.
ROLE_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def connect(url: str) -> Connection:
    """A connection in which every statement stands for itself."""
    return psycopg.connect(url, autocommit=True)


def with_database(url: str, name: str) -> str:
    """The same address for another database."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(name, safe="")))


def database_of(url: str) -> str:
    """The name of the database in an address."""
    return unquote(urlsplit(url).path.lstrip("/"))


def role_of(url: str) -> str:
    """The role in an address."""
    return unquote(urlsplit(url).username or "")


def with_redis_database(url: str, number: int) -> str:
    """The same Valkey or Redis, another of its numbered databases."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()} | {"db": str(number)}
        return urlunsplit(parts._replace(query=urlencode(query)))
    return urlunsplit(parts._replace(path=f"/{number}"))


def redis_database_of(url: str) -> int:
    """The number of the database in a Valkey or Redis address."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return int(parse_qs(parts.query).get("db", ["0"])[-1])
    return int(parts.path.lstrip("/") or 0)


def make_roles(superuser: Connection) -> None:
    """Makes both roles, or takes from existing ones what they should not have."""
    known = {name for (name,) in superuser.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role in (OWNER, APPLICATION):
        verb = "ALTER" if role in known else "CREATE"
        superuser.execute(sql.SQL(f"{verb} ROLE {{}} {ROLE_RIGHTS}").format(sql.Identifier(role)))


def exists(connection: Connection, name: str) -> bool:
    """Whether the server has a database of this name."""
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def create(
    connection: Connection,
    name: str,
    *,
    owner: str = OWNER,
    application: str = APPLICATION,
    template: str | None = None,
) -> None:
    """Makes a database, empty or as a copy of another that nobody is connected to.

    Rights on the database itself are not part of a copy; those inside it are.
    """
    command = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
    if template:
        command += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    connection.execute(command)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(application))
    )


def drop(connection: Connection, name: str) -> None:
    """Removes a database and throws out whoever is still connected."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def grant_use(owner: Connection, *, application: str = APPLICATION) -> None:
    """Lets the application use, but not own or alter, what the owner has made and will make in this database."""
    role = sql.Identifier(application)
    for command in (
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ):
        owner.execute(sql.SQL(command).format(role=role))


def stamp(owner: Connection) -> str | None:
    """What the database itself notes about its preparation, so that the note travels and vanishes with it."""
    row = owner.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return str(row[0]) if row and row[0] else None


def write_stamp(owner: Connection, text: str) -> None:
    """Notes the state of preparation at the database."""
    owner.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(owner.info.dbname), sql.Literal(text)))
