"""`./run up`: from nothing to a running product whose address is printed, and to nothing again."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from celery import Celery

from config import env
from config.embedded import preparation, processes
from config.embedded.postgres import tail
from config.embedded.refused import StartRefused
from config.embedded.server_account import server_account
from config.embedded.services import Services
from config.embedded.state_folder import StateFolder
from config.embedded.valkey import Valkey
from config.front_desk.supervisor import HOST, Supervisor, programs
from config.front_desk.terminal import LogFollower
from config.valkey_address import valkey_address

READY_WITHIN = 90.0
# A worker finishes what takes a moment; a longer task is handed to another worker at the next start.
STOP_WITHIN = 8.0
PAUSE = 0.1


def port() -> int:
    """The port in OPENCEN_PORT, by default 8000."""
    raw = os.environ.get("OPENCEN_PORT") or "8000"
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        raise StartRefused(f"OPENCEN_PORT is {raw!r}: set a number from 1 to 65535.")
    return int(raw)


def refuse_busy(number: int) -> None:
    """Refuses a port on which another program listens, on either address that `localhost` means."""
    for family, address in ((socket.AF_INET, HOST), (socket.AF_INET6, "::1")):
        with contextlib.closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, number))
            except PermissionError:
                raise StartRefused(f"Port {number} needs more rights: choose one above 1023 (OPENCEN_PORT).") from None
            except OSError as problem:
                # A machine without IPv6 has no such address, so nobody can listen there.
                if family == socket.AF_INET6 and problem.errno not in {98, 48}:
                    continue
                raise StartRefused(
                    f"Port {number} is busy: stop the program that listens there,"
                    f" or choose another port: OPENCEN_PORT={number + 1 if number < 65535 else 8000} ./run up"
                ) from None


class Signals:
    """Counts the requests to end, from Ctrl-C, a service manager or a closed terminal."""

    def __init__(self) -> None:
        self.received = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, *_: Any) -> None:
        self.received += 1
        if self.received == 2:
            # The second request does not wait for the first.
            raise KeyboardInterrupt


def up(arguments: list[str]) -> int:
    """Runs until a signal; 0 after a clean end, 1 if something could not start or keep running."""
    if arguments:
        raise StartRefused("./run up takes no arguments; OPENCEN_PORT and OPENCEN_HOME set port and state folder.")
    signals = Signals()
    folder = StateFolder(env.home(), server_account())
    folder.make()
    with folder.held() as ours:
        if not ours:
            raise StartRefused(_in_use(folder))
        return Run(folder, port(), signals).run()


def _in_use(folder: StateFolder) -> str:
    listed = folder.listed_processes()
    if "address" in listed:
        return f"OpenCEN already runs from {folder.home} (process {listed.get('up')}): {listed['address']}"
    return f"A `./run manage` command (process {listed.get('manage')}) uses {folder.home}: wait until it has ended."


class Run:
    """One run of the product."""

    def __init__(self, folder: StateFolder, number: int, signals: Signals) -> None:
        self._began = time.monotonic()
        self._folder = folder
        self._signals = signals
        self._address = f"http://localhost:{number}/"
        self._port = number
        self._mode = folder.remember_mode(os.environ.get("OPENCEN_MODE"), env.Mode.DEMONSTRATION)
        self._services = Services(folder)
        self._environment: Mapping[str, str] = {
            **self._services.environment(),
            "OPENCEN_MODE": self._mode,
            "OPENCEN_PORT": str(number),
        }
        digest = hashlib.sha256(os.fsencode(folder.home)).hexdigest()[:10]
        self._worker = f"opencen-{digest}@localhost"
        self._supervisor = Supervisor(programs(number, self._worker), self._environment, folder.logs)
        self._founding: subprocess.Popen[bytes] | None = None
        self._followers = [LogFollower(p.name, self._supervisor.log(p.name)) for p in self._supervisor.programs]
        self._followers += [LogFollower(server.name, server.log) for server in self._services.embedded]

    def run(self) -> int:
        """Starts, watches and stops."""
        # First what a crashed start left behind: it may still hold the port.
        ended = self._services.clean_up()
        refuse_busy(self._port)
        self._say(f"state folder {self._folder.home} ({self._mode} mode)")
        if ended:
            self._say(f"an earlier start had crashed; ended what it left behind: {', '.join(ended)}")
        try:
            self._services.start(self._list)
            self._leave_out_advice()
            self._say("PostgreSQL and Valkey answer")
            if self._signals.received:
                return 0
            if preparation.prepare(self._environment, self._mode, self._say):
                self._say("the database is prepared")
            if self._signals.received:
                return 0
            self._supervisor.start("web", "worker")
            self._list()
            self._wait_until_ready()
            if not self._signals.received:
                # Nobody waits for long and periodic work, so they do not compete with those two.
                self._supervisor.start("deliverer", "importer", "beat")
                self._list()
                self._announce()
                self._found_sealed_network()
            while not self._signals.received:
                self._watch()
                time.sleep(PAUSE)
            return 0
        except KeyboardInterrupt:
            return 130
        finally:
            self._stop()

    def _say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:5.1f} s] {text}", flush=True)

    def _running(self) -> Iterator[tuple[str, int]]:
        for part in (*self._supervisor.programs, *self._services.embedded):
            if part.process is not None:
                yield part.name, part.process.pid

    def _list(self) -> None:
        """Writes pids.json: name and number of each process, the address, and when each was born."""
        numbers = dict(self._running())
        self._folder.list_processes(
            {
                "up": os.getpid(),
                **numbers,
                "address": self._address,
                "port": self._port,
                "mode": self._mode,
                "born": {name: processes.born(number) for name, number in numbers.items()},
            }
        )

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        web = worker = False
        broker = self._broker()
        while not (web and worker) and not self._signals.received:
            self._show_logs()
            for program in self._supervisor.dead():
                log = self._supervisor.log(program.name)
                raise StartRefused(f"{program.name} did not start; the end of {log}:\n{tail(log)}")
            if time.monotonic() > until:
                slow = "worker" if web else "web"
                raise StartRefused(f"{slow} is not ready after {READY_WITHIN:.0f} s; see {self._supervisor.log(slow)}.")
            worker = worker or bool(broker.control.ping(destination=[self._worker], timeout=0.2, limit=1))
            # Asked only once a worker answers: the page itself waits for one.
            web = web or (worker and self._answers())
            time.sleep(0.02)
        broker.close()

    def _broker(self) -> Celery:
        """The workers' broker, read without Django's settings, which nobody here has loaded."""
        name = "OPENCEN_BROKER_URL" if self._environment.get("OPENCEN_BROKER_URL") else "REDIS_URL"
        address = valkey_address(self._environment[name], name)
        made = Celery(broker=address.broker(), set_as_current=False)
        made.conf.broker_transport_options = address.broker_options()
        return made

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{self._port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _announce(self) -> None:
        self._say("processes: " + ", ".join(f"{name} {number}" for name, number in self._running()))
        self._say(f"logs in {self._folder.logs}; Ctrl-C ends everything")
        self._say(f"READY {self._address}")

    def _found_sealed_network(self) -> None:
        """In a demonstration: beside the running product, by its addresses alone, since it holds keys."""
        if self._mode == env.Mode.DEMONSTRATION:
            self._founding = processes.spawn(
                [sys.executable, "-m", "cenlink.demonstration", self._address, self._folder.sealed_demonstration],
                log=self._folder.logs / "sealed-demonstration.log",
                # None of the servers' addresses and secrets.
                env={"PYTHONUNBUFFERED": "1"},
                folder=preparation.ROOT,
            )

    def _show_logs(self) -> None:
        for follower in self._followers:
            for line in follower.serious_lines():
                print(line, flush=True)

    def _leave_out_advice(self) -> None:
        """Valkey advises on the machine's settings whenever it starts; on the terminal that is noise."""
        for follower in self._followers:
            if follower.name == Valkey.name:
                follower.skip()

    def _watch(self) -> None:
        """Shows new warnings and starts again what died."""
        self._show_logs()
        changed = False
        for program in self._supervisor.dead():
            code = program.process.returncode if program.process else None
            if program.died_too_often():
                log = self._supervisor.log(program.name)
                raise StartRefused(f"{program.name} keeps ending ({code}); the end of {log}:\n{tail(log)}")
            self._supervisor.start(program.name)
            self._say(f"{program.name} ended unasked ({code}); started again")
            changed = True
        for server in self._services.embedded:
            if server.process is not None and server.process.poll() is not None:
                code = server.process.returncode
                self._services.restart(server)
                self._leave_out_advice()
                self._say(f"{server.name} ended unasked ({code}); started again")
                changed = True
        if changed:
            self._list()

    def _stop(self) -> None:
        began = time.monotonic()
        if self._founding is not None:
            # Each of its steps can be cut off anywhere; the next start goes on.
            processes.end(self._founding, within=0.0)
        try:
            self._supervisor.stop(0.0 if self._signals.received > 1 else STOP_WITHIN)
        except KeyboardInterrupt:
            self._supervisor.stop(0.0)
        self._show_logs()
        self._services.stop()
        self._folder.processes.unlink(missing_ok=True)
        self._say(f"stopped in {time.monotonic() - began:.1f} s")
        sys.stdout.flush()
