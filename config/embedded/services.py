"""The servers of one state folder, embedded or given, and the environment that leads to them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from config.embedded import binaries, databases, processes
from config.embedded.postgres import APPLICATION, OWNER, SUPERUSER, Postgres
from config.embedded.refused import StartRefused
from config.embedded.state_folder import StateFolder
from config.embedded.valkey import Valkey

DATABASE = "opencen"
# How a process ends cleanly without waiting for its clients or its tasks.
QUICKEST = {"postgres": signal.SIGINT, **dict.fromkeys(("worker", "deliverer", "importer"), signal.SIGQUIT)}


class Services:
    """PostgreSQL and Valkey for one state folder; what DATABASE_URL or REDIS_URL names is not started."""

    def __init__(self, folder: StateFolder, *, durable: bool = True, copies: Path | None = None) -> None:
        self.folder = folder
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._given_database = os.environ.get("DATABASE_URL")
        self._given_redis = os.environ.get("REDIS_URL")
        if self._given_database and not os.environ.get("OPENCEN_OWNER_DATABASE_URL"):
            raise StartRefused(
                "DATABASE_URL is set, but OPENCEN_OWNER_DATABASE_URL is not: name the same database"
                " for the role that owns it; migrations run as that role."
            )
        if self._given_database and self._given_redis:
            return
        account = folder.account
        programs = binaries.copied(copies or folder.home / "binaries") if account else binaries.from_wheels()
        if not self._given_database:
            self.postgres = Postgres(
                data=folder.home / "postgres",
                sockets=folder.sockets,
                log=folder.logs / "postgres.log",
                binaries=programs,
                account=account,
                durable=durable,
            )
        if not self._given_redis:
            self.valkey = Valkey(
                data=folder.home / "valkey",
                sockets=folder.sockets,
                log=folder.logs / "valkey.log",
                password=folder.valkey_secret.read_text(encoding="utf-8").strip(),
                binaries=programs,
                account=account,
                durable=durable,
            )

    @property
    def embedded(self) -> list[Postgres | Valkey]:
        """The servers that this object starts and stops."""
        return [server for server in (self.valkey, self.postgres) if server is not None]

    def environment(self) -> dict[str, str]:
        """The environment contract of the product for these servers and this folder."""
        folder = self.folder
        contract = {
            "OPENCEN_HOME": str(folder.home),
            "OPENCEN_SECRET_KEY_FILE": str(folder.secret_key),
            "OPENCEN_NOMINAL_KEY_FILE": str(folder.nominal_key),
            "OPENCEN_MAIL_DIR": str(folder.mail),
            "OPENCEN_MEDIA_DIR": str(folder.media),
            "OPENCEN_IMPORT_DIR": str(folder.imports),
        }
        # The person's own choice of these files and folders wins; the servers' addresses are settled above.
        contract |= {name: os.environ[name] for name in contract if os.environ.get(name)}
        if self.postgres:
            contract["DATABASE_URL"] = self.postgres.url(APPLICATION, DATABASE)
            contract["OPENCEN_OWNER_DATABASE_URL"] = self.postgres.url(OWNER, DATABASE)
        if self.valkey:
            contract["REDIS_URL"] = self.valkey.url()
        return {
            **os.environ,
            **contract,
            "OPENCEN_HOME": str(folder.home),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def clean_up(self) -> list[str]:
        """Ends what a dead front desk left behind in this folder; returns the names. Needs the folder's lock."""
        listed = self.folder.listed_processes()
        births = listed.get("born")
        ended = []
        for name, birth in (births if isinstance(births, dict) else {}).items():
            ask = QUICKEST.get(name, signal.SIGTERM)
            if isinstance(listed.get(name), int) and processes.end_leftover(listed[name], str(birth), ask=ask):
                ended.append(str(name))
        self.folder.processes.unlink(missing_ok=True)
        for server in self.embedded:
            server.clean_up()
        return ended

    def start(self, on_started: Callable[[], None] = lambda: None) -> None:
        """Starts both at once and waits until they answer; the database and its roles exist afterwards.

        `on_started` is called as soon as their process numbers are known.
        """
        self.folder.server_folder(self.folder.sockets)
        if self.valkey:
            self.folder.server_folder(self.valkey.data)
        if self.postgres:
            self.postgres.make_data_folder()
        try:
            for server in self.embedded:
                server.start()
            on_started()
            for server in self.embedded:
                server.wait()
            if self.postgres:
                self._ensure_database(self.postgres)
        except BaseException:
            self.stop()
            raise

    def _ensure_database(self, server: Postgres) -> None:
        with databases.connect(server.url(SUPERUSER, "postgres")) as superuser:
            databases.make_roles(superuser)
            if not databases.exists(superuser, DATABASE):
                databases.create(superuser, DATABASE)
        with databases.connect(server.url(OWNER, DATABASE)) as owner:
            databases.grant_use(owner)

    def restart(self, server: Postgres | Valkey) -> None:
        """Starts one server again after it died."""
        server.clean_up()
        server.start()
        server.wait()

    def stop(self) -> None:
        """Stops what was started; PostgreSQL last, when nobody needs it any more."""
        for server in self.embedded:
            server.stop()
        self.folder.remove_short_sockets()
