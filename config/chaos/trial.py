"""One trial from an empty folder to its report."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from config.chaos.plan import Fault, Plan
from config.chaos.publishers import Publishers
from config.chaos.receivers import Receivers
from config.chaos.report import Report, counted
from config.chaos.stage import Stage, figures
from config.embedded.preparation import ROOT
from config.embedded.refused import StartRefused

READY_WITHIN = 90.0
# Faults come this far apart, so that some find the product at work on the one before.
BETWEEN = (0.8, 2.2)
ENDPOINTS_FAIL_FOR = 4.0
# The lease of a webhook is four seconds at the trial's speed.
FROZEN_FOR = 7.0
VALKEY_AWAY_FOR = 3.0
BEAT_AWAY_FOR = 5.0
# If it is not quiet by then it never will be.
PATIENCE = 180.0
LOOKS_EVERY = 0.2

type Say = Callable[[str], None]


def run(plan: Plan, say: Say) -> Report:
    """Runs the trial and returns its report; everything it started has ended."""
    with tempfile.TemporaryDirectory(prefix="opencen-chaos-") as folder:
        room = Path(folder)
        room.chmod(0o711)
        stage = Stage.in_folder(room / "home", plan)
        try:
            with Receivers(plan.seed) as receivers:
                return _Trial(plan, stage, receivers, say).run()
        finally:
            stage.stop()


class _Trial:
    def __init__(self, plan: Plan, stage: Stage, receivers: Receivers, say: Say) -> None:
        self._plan, self._stage, self._receivers, self._say = plan, stage, receivers, say
        self._chance = random.Random(plan.seed)  # noqa: S311
        self._began = time.monotonic()

    def run(self) -> Report:
        plan, stage = self._plan, self._stage
        stage.prepare(self._say)
        administrations = self._seed()
        stage.start(self._receivers.port, administrations)
        self._wait_until_ready()
        self._say(f"ready; {plan.alerts} publications to {len(administrations)} administrations, {plan.faults} faults")
        faults = plan.chosen()
        # Somewhat longer than the faults, so that the last of them still finds publishers at work.
        seconds = len(faults) * sum(BETWEEN) / 2 + 5.0
        with Publishers(stage.port, plan.alerts, seconds) as publishers:
            for fault in faults:
                self._pass(self._chance.uniform(*BETWEEN))
                self._say(str(fault))
                self._do(fault, publishers, administrations)
            last = time.monotonic()
            while (publishers.busy or stage.frozen()) and time.monotonic() - last < PATIENCE:
                self._pass(LOOKS_EVERY)
                last = max(last, time.monotonic()) if stage.frozen() else last
            last = time.monotonic()
            quiet = self._quiet_after(last)
            return self._report(publishers, administrations, quiet)

    def _seed(self) -> list[int]:
        port = 0 if self._plan.naive else self._receivers.port
        command = [sys.executable, "-m", "config.chaos.seed", str(self._plan.administrations), str(port)]
        done = subprocess.run(
            command, env=self._stage.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise StartRefused("the trial's administrations could not be made")
        made: list[int] = json.loads(done.stdout)
        return made

    def _wait_until_ready(self) -> None:
        import http.client

        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            self._stage.watch()
            web = http.client.HTTPConnection("127.0.0.1", self._stage.port, timeout=5)
            try:
                web.request("GET", "/readyz", headers={"Host": "localhost"})
                if web.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                web.close()
            time.sleep(LOOKS_EVERY)
        raise StartRefused("the product was not ready for the trial in time")

    def _pass(self, seconds: float) -> None:
        """Lets time pass, and starts again what died meanwhile."""
        until = time.monotonic() + seconds
        while True:
            self._stage.watch()
            remaining = until - time.monotonic()
            if remaining <= 0:
                return
            time.sleep(min(LOOKS_EVERY, remaining))

    def _do(self, fault: Fault, publishers: Publishers, administrations: list[int]) -> None:
        stage, worker = self._stage, self._chance.choice(self._stage.workers)
        match fault:
            case Fault.WORKER_KILLED:
                stage.kill(worker)
            case Fault.WORKER_FROZEN:
                stage.freeze(worker, FROZEN_FOR)
            case Fault.VALKEY_WIPED:
                stage.wipe_valkey()
            case Fault.VALKEY_STOPPED | Fault.VALKEY_LOST:
                stage.stop_valkey(VALKEY_AWAY_FOR, lose_data=fault is Fault.VALKEY_LOST)
            case Fault.POSTGRES_RESTARTED:
                stage.restart_postgres()
            case Fault.BACKENDS_ENDED:
                stage.end_backends()
            case Fault.BEAT_KILLED:
                stage.kill("beat", BEAT_AWAY_FOR)
            case Fault.WEB_KILLED:
                publishers.let_web_die()
            case Fault.CLOCK_OFF:
                stage.turn_clock(worker, self._chance.choice((-1, 1)))
            case Fault.ENDPOINTS_FAIL | Fault.ENDPOINTS_HANG | Fault.ENDPOINTS_DROP:
                how = {Fault.ENDPOINTS_FAIL: "500", Fault.ENDPOINTS_HANG: "hang", Fault.ENDPOINTS_DROP: "drop"}[fault]
                some = self._chance.sample(administrations, max(1, len(administrations) // 10))
                self._receivers.misbehave(some, how, ENDPOINTS_FAIL_FOR)

    def _quiet_after(self, last: float) -> float | None:
        """Seconds until nothing waits any more; None where that did not come."""
        accepted, since = -1, time.monotonic()
        while time.monotonic() - last < PATIENCE:
            self._pass(LOOKS_EVERY)
            try:
                with self._stage.database() as database:
                    open_now = figures(database)
            except psycopg.Error:
                continue
            if not self._plan.naive:
                if not any(open_now.values()):
                    return time.monotonic() - last
                continue
            # Without a ledger nobody can say that it is over: nothing came for a while.
            if len(self._receivers.accepted) != accepted:
                accepted, since = len(self._receivers.accepted), time.monotonic()
            elif time.monotonic() - since > 15:
                return since - last
        return None

    def _report(self, publishers: Publishers, administrations: list[int], quiet: float | None) -> Report:
        with self._stage.database() as database:
            standing = [
                one for (one,) in database.execute("select reference from cen_releasedcase where state = 'published'")
            ]
            rows: list[tuple[Any, ...]] = database.execute(
                "select a.id::text, a.headline ->> 'reference', a.administration_id from alerts_alert a"
                " join alerts_announcement n on n.id = a.announcement_id"
                " where a.officer_id is null and n.kind = 'case.published'"
            ).fetchall()
        return counted(
            self._plan,
            promised=publishers.promised,
            standing=standing,
            subjects={key: reference for key, reference, _administration in rows},
            inboxes=[(reference, administration) for _key, reference, administration in rows],
            accepted=list(self._receivers.accepted),
            administrations=administrations,
            quiet=quiet,
            took=time.monotonic() - self._began,
            faults=[str(one) for one in self._plan.chosen()],
            ledger=self._ledger(),
        )

    def _ledger(self) -> dict[str, Any]:
        """What the product's own reconciler says."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "reconcile", "--json"],
            env=self._stage.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        try:
            found: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            return {"clean": False}
        return found
