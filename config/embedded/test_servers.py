"""Private servers for one run of the tests, and the template from which every process gets its database."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import env
from config.embedded import binaries, databases, preparation
from config.embedded.postgres import SUPERUSER
from config.embedded.processes import born
from config.embedded.refused import StartRefused
from config.embedded.server_account import ServerAccount, server_account
from config.embedded.services import DATABASE, Services
from config.embedded.state_folder import StateFolder

PREFIX = "opencen-test-"
MEMORY = Path("/dev/shm")
# The cluster and what the tests add to it; with less room the ordinary temporary folder is used.
NEEDED_ROOM = 2 * 1024**3
MODE = "test"
# Some clones or branches tested in turn should not prepare anew each time; a cluster takes about 60 MB.
KEPT = 4


class TestServers:
    """PostgreSQL and Valkey that live as long as one pytest; outside ones are used where they are given."""

    __test__ = False

    def __init__(self) -> None:
        _sweep()
        account = server_account()
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_room()))
        folder = StateFolder(self.home, account)
        folder.make()
        self._cache = _Cache(account)
        self._services = Services(folder, durable=False, copies=self._cache.folder / "binaries")
        self._template = databases.database_of(self._given()) + "_template" if self._given() else DATABASE

    @staticmethod
    def _given() -> str:
        return os.environ.get("OPENCEN_OWNER_DATABASE_URL", "") if os.environ.get("DATABASE_URL") else ""

    def start(self) -> dict[str, str]:
        """Starts what is not given and makes the template; returns the environment for the tests."""
        contract = {**self._services.environment(), "OPENCEN_MODE": MODE}
        try:
            if postgres := self._services.postgres:
                target = preparation.STAMP + preparation.fingerprint(MODE)
                found = self._cache.take(target, postgres.data)
                self._services.start()
                preparation.prepare(contract, MODE, lambda _: None)
                if not found:
                    # A cluster may only be copied while it stands still.
                    self._services.stop()
                    self._cache.keep(target, postgres.data)
                    self._services.start()
                contract["OPENCEN_TEST_SERVER"] = postgres.url(SUPERUSER, "postgres")
            else:
                self._services.start()
                contract = self._template_on_given_server(contract)
        except BaseException:
            self.stop()
            raise
        contract["OPENCEN_TEST_TEMPLATE"] = self._template
        contract["OPENCEN_TEST_CACHE"] = str(self._cache.folder)
        # Whoever starts a child process in a test must not find the servers of a person's state folder.
        contract["OPENCEN_HOME"] = str(self.home)
        return contract

    def _template_on_given_server(self, contract: dict[str, str]) -> dict[str, str]:
        owner_url, application_url = contract["OPENCEN_OWNER_DATABASE_URL"], contract["DATABASE_URL"]
        application = databases.role_of(application_url)
        with databases.connect(owner_url) as owner:
            databases.drop(owner, self._template)
            role = databases.role_of(owner_url)
            databases.create(owner, self._template, owner=role, application=application)
        contract = contract | {
            "OPENCEN_OWNER_DATABASE_URL": databases.with_database(owner_url, self._template),
            "DATABASE_URL": databases.with_database(application_url, self._template),
        }
        with databases.connect(contract["OPENCEN_OWNER_DATABASE_URL"]) as owner:
            databases.grant_use(owner, application=application)
        preparation.prepare(contract, MODE, lambda _: None)
        return contract | {"OPENCEN_TEST_SERVER": owner_url}

    def stop(self) -> None:
        """Stops the servers and removes the folder."""
        self._services.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def prepared_cluster(data: Path) -> bool:
    """Copies the cluster of the running tests to `data`, for a test that starts servers of its own.

    False where there is none, because the servers were given from outside; what starts there prepares its own.
    """
    return _Cache(server_account()).take(preparation.STAMP + preparation.fingerprint(MODE), data)


class _Cache:
    """Keeps the last prepared clusters between runs, under a name made of everything that went into it."""

    def __init__(self, account: ServerAccount | None) -> None:
        self._account = account
        beside = env.home().with_name(env.home().name + "-tests")
        self.folder = Path(os.environ.get("OPENCEN_TEST_CACHE") or beside)
        try:
            self.folder.mkdir(mode=0o711 if account else 0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise StartRefused(f"The tests keep files in {self.folder}: {problem.strerror}.") from problem

    def _name(self, target: str) -> Path:
        return self.folder / f"cluster-{target.rpartition(' ')[2]}-{binaries.version()}"

    @contextlib.contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def take(self, target: str, data: Path) -> bool:
        """Copies the kept cluster to `data`, if it was made from the same code."""
        with self._alone(fcntl.LOCK_SH):
            kept = self._name(target)
            if not kept.exists():
                return False
            shutil.copytree(kept, data, symlinks=True)
        if self._account:
            _give(data, self._account)
        return True

    def keep(self, target: str, data: Path) -> None:
        """Keeps a stopped cluster and forgets the oldest ones."""
        with self._alone(fcntl.LOCK_EX):
            known = sorted(self.folder.glob("cluster-*"), key=lambda path: path.stat().st_mtime)
            for old in known[: 1 - KEPT]:
                shutil.rmtree(old, ignore_errors=True)
            draft = self.folder / "draft"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(data, draft, symlinks=True)
            draft.touch()
            # Another run of the same code may have been faster; its cluster is as good.
            if not self._name(target).exists():
                draft.rename(self._name(target))


def _give(folder: Path, account: ServerAccount) -> None:
    account.owns(folder)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            account.owns(Path(parent) / name)


def _room() -> Path | None:
    """Memory where it is large enough: the tests write much and keep nothing."""
    fits = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED_ROOM
    return MEMORY if fits else None


def _sweep() -> None:
    """Removes what runs of the tests left behind that were killed."""
    for parent in {MEMORY, Path(tempfile.gettempdir())}:
        for left in parent.glob(PREFIX + "*") if parent.is_dir() else ():
            pid = left.name.removeprefix(PREFIX).partition("-")[0]
            with contextlib.suppress(OSError):
                if pid.isdecimal() and born(int(pid)) is None and left.lstat().st_uid == os.geteuid():
                    shutil.rmtree(left, ignore_errors=True)
