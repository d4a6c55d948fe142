"""The stage of a trial: the product's processes and servers in a folder of its own, and the way to break them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import psycopg
import redis

from config.chaos import naive
from config.chaos.plan import RETRY_SPEED, Plan
from config.embedded import databases, preparation, processes
from config.embedded.postgres import SUPERUSER
from config.embedded.server_account import server_account
from config.embedded.services import DATABASE, Services
from config.embedded.state_folder import StateFolder
from config.front_desk.supervisor import HOST, Program, Supervisor, programs

A_DAY = 86_400
# Serves what the trial does not ask for.
NOT_NEEDED = frozenset({"importer"})
_TABLE = """
    create table if not exists chaos_publication (key text primary key, reference text not null default '');
    grant select, insert, update on chaos_publication to opencen_app;
"""


class Stage:
    """Servers and processes; all of its methods are for the main thread, which they are tied to."""

    def __init__(self, folder: StateFolder, plan: Plan) -> None:
        self._folder, self._plan = folder, plan
        self.services = Services(folder)
        self.port = _free_port()
        self.environment: dict[str, str] = {
            **self.services.environment(),
            "OPENCEN_MODE": "demonstration",
            "OPENCEN_PORT": str(self.port),
            "ALLOW_LOOPBACK_WEBHOOKS": "1",
            "OPENCEN_RETRY_SPEED": str(RETRY_SPEED),
        }
        self._supervisor: Supervisor | None = None
        self._stopped: dict[str, float] = {}
        self._frozen: dict[int, float] = {}

    @staticmethod
    def in_folder(path: Any, plan: Plan) -> Stage:
        folder = StateFolder(path, server_account())
        folder.make()
        return Stage(folder, plan)

    def prepare(self, say: Any) -> None:
        """Starts the servers and makes the schema."""
        if not (self.services.postgres and self.services.valkey):
            raise SystemExit("opencen: the trial breaks its own servers: unset DATABASE_URL and REDIS_URL.")
        # An empty database has nothing to lose: it is filled without waiting for the disk, then served as ever.
        hasty = Services(self._folder, durable=False)
        hasty.start()
        try:
            preparation.prepare(self.environment, self.environment["OPENCEN_MODE"], say, demonstration=False)
        finally:
            hasty.stop()
        self.services.start()
        with self.database() as database:
            database.execute(_TABLE)

    def start(self, receivers: int, administrations: list[int]) -> None:
        """Starts web, workers and beat."""
        if self._plan.naive:
            self.environment[naive.SWITCH] = f"{receivers}:{','.join(map(str, administrations))}"
        self._supervisor = Supervisor(self._programs(), self.environment, self._folder.logs)
        self._supervisor.start(*(one.name for one in self._supervisor.programs))

    def stop(self) -> None:
        """Ends everything."""
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGCONT)
        if self._supervisor:
            self._supervisor.stop(5.0)
        self.services.stop()

    def database(self) -> psycopg.Connection[Any]:
        """A connection that passes every wall: the trial looks at the product from outside."""
        assert self.services.postgres
        url = databases.with_database(self.services.postgres.url(SUPERUSER, "postgres"), DATABASE)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def watch(self) -> None:
        """Starts again what died, as `./run up` does, and thaws what was frozen for long enough."""
        now = time.monotonic()
        for pid, until in list(self._frozen.items()):
            if now >= until:
                del self._frozen[pid]
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGCONT)
        for server in self.services.embedded:
            dead = server.process is not None and server.process.poll() is not None
            if dead and now >= self._stopped.get(server.name, 0.0):
                self.services.restart(server)
        assert self._supervisor
        for program in self._supervisor.dead():
            if now >= self._stopped.get(program.name, 0.0):
                self._supervisor.start(program.name)

    @property
    def workers(self) -> list[str]:
        """Names of the workers, of which each has a twin that goes on."""
        assert self._supervisor
        return [one.name for one in self._supervisor.programs if one.name not in {"web", "beat"}]

    def frozen(self) -> bool:
        """Whether somebody is still frozen, or something is kept down."""
        now = time.monotonic()
        return bool(self._frozen) or any(until > now for until in self._stopped.values())

    # --- what breaks ---

    def kill(self, name: str, down_for: float = 0.0) -> None:
        """kill -9 of a program and all its children."""
        self._stopped[name] = time.monotonic() + down_for
        processes.kill_group(self._pid(name))

    def freeze(self, name: str, seconds: float) -> None:
        """Stops a program and its children in mid-word, for so long."""
        pid = self._pid(name)
        if pid not in self._frozen:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGSTOP)
            self._frozen[pid] = time.monotonic() + seconds

    def turn_clock(self, name: str, days: int) -> None:
        """Starts the worker again with a clock that is wrong by days, for the rest of the trial."""
        assert self._supervisor
        program = self._program(name)
        if "config.chaos.skewed" not in program.command:
            program.command = self._celery(program, int(name[-1]), days * A_DAY)
        processes.kill_group(self._pid(name))

    def wipe_valkey(self) -> None:
        """Empties both of its databases."""
        assert self.services.valkey
        for number in (0, 1):
            with closing(redis.Redis.from_url(self.services.valkey.url(number))) as client, suppress(redis.RedisError):
                client.flushdb()

    def stop_valkey(self, seconds: float, *, lose_data: bool) -> None:
        """Takes Valkey away for a while; with its data, where that is lost too."""
        server = self.services.valkey
        assert server
        assert server.process
        self._stopped[server.name] = time.monotonic() + seconds
        server.process.send_signal(signal.SIGKILL if lose_data else signal.SIGTERM)
        server.process.wait(10)
        if lose_data:
            shutil.rmtree(server.data / "appendonlydir", ignore_errors=True)

    def restart_postgres(self) -> None:
        """An immediate shutdown: no client is told, nothing is flushed; then recovery from its log."""
        server = self.services.postgres
        assert server
        assert server.process
        server.process.send_signal(signal.SIGQUIT)
        server.process.wait(20)
        self.services.restart(server)

    def end_backends(self) -> None:
        """Every connection of the product is cut."""
        with suppress(psycopg.Error), self.database() as database:
            database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where pid <> pg_backend_pid() and backend_type = 'client backend'"
            )

    def _pid(self, name: str) -> int:
        process = self._program(name).process
        assert process
        return process.pid

    def _program(self, name: str) -> Program:
        assert self._supervisor
        return next(one for one in self._supervisor.programs if one.name == name)

    def _programs(self) -> list[Program]:
        """The product's own, but two of each worker, and a web process with the trial's address."""
        listed = []
        for program in programs(self.port, "trial@localhost"):
            if program.name == "web":
                listed.append(replace(program, command=_web(self.port)))
            elif program.name == "beat":
                listed.append(program)
            elif program.name not in NOT_NEEDED:
                listed += [
                    replace(program, name=f"{program.name} {n}", command=self._celery(program, n)) for n in (1, 2)
                ]
        return listed

    def _celery(self, worker: Program, number: int, skew: int = 0) -> list[str]:
        """The command of a worker, under a name of its own; with a clock that is wrong by so many seconds."""
        app = "config.chaos.naive" if self._plan.naive else "config"
        command = [app if part == "config" else part for part in worker.command]
        name = command.index("--hostname") + 1
        command[name] = f"{number}-{command[name].removeprefix('1-').removeprefix('2-')}"
        if not skew:
            return command
        return [command[0], "-m", "config.chaos.skewed", str(skew), *command[command.index("celery") + 1 :]]


def _web(port: int) -> list[str]:
    """Threads without streams: what publishes needs no more."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "5", "--log-level", "warning", "config.chaos.web:application"),
    ]


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def figures(database: psycopg.Connection[Any]) -> Mapping[str, int]:
    """What is still open: announcements, and deliveries that wait."""
    row = database.execute(
        "select (select count(*) from alerts_announcement where done_at is null),"
        " (select count(*) from alerts_delivery where state = 'waiting')"
    ).fetchone()
    assert row
    return {"announcements": int(row[0]), "deliveries": int(row[1])}
