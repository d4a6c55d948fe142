"""The sealed protocol in Python: wrapping, opening, whole groups, files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
from cenlink.sealed.checks.messages import read_message, require_admissible, require_timely
from cenlink.sealed.private.attachments import Sealer
from cenlink.sealed.private.epochs import new_secret, wrap
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.private.messages import open_message

from benchmarks.conftest import Tell, best_of
from tests.sealed.cases import Stage
from tests.sealed.network import said

MEBIBYTE = 1 << 20


def test_wrap_an_epoch_for_a_thousand_members(figure: Tell) -> None:
    x, kid, secret = Keys(new_seed()).public.x, bytes(16), new_secret()
    took = best_of(3, lambda: [wrap(secret, bytes(16), 1, bytes(16), kid, x) for _ in range(1000)])
    figure("wrap an epoch for 1,000 members, Python", took, "s", at_most=1.5)


def test_open_one_message(figure: Tell) -> None:
    stage = Stage.fresh()
    room, directory = stage.room, stage.network.directory
    i, message = room.post(stage.bob, said("x" * 2000))

    def read() -> None:
        for _ in range(100):
            again = read_message(message.signed.raw, message.ct)
            require_admissible(again, room.chain, directory)
            require_timely(again, i, room.chain, room.order)
            open_message(again, room.secrets[1])

    figure("verify and open one message of 2 KB, Python", best_of(5, read) * 10, "ms", at_most=1.0)


def test_read_a_group_of_ten_thousand_messages(figure: Tell) -> None:
    stage = Stage.fresh()
    room, directory = stage.room, stage.network.directory
    posted = [room.post(stage.bob, said(f"message {number}")) for number in range(10_000)]

    def read(part: list) -> None:  # type: ignore[type-arg]
        for i, message in part:
            again = read_message(message.signed.raw, message.ct)
            require_admissible(again, room.chain, directory)
            require_timely(again, i, room.chain, room.order)
            open_message(again, room.secrets[1])

    figure(
        "first page of 50 of 10,000 messages readable, Python", best_of(3, lambda: read(posted[-50:])), "s", at_most=2
    )
    figure("all 10,000 messages verified and opened, Python", best_of(1, lambda: read(posted)), "s", at_most=60)


def test_seal_a_file(figure: Tell, tmp_path: Path) -> None:
    size = 256 * MEBIBYTE
    source = tmp_path / "file"
    source.write_bytes(bytes(size))

    def seal() -> None:
        with source.open("rb") as opened:
            for _ in Sealer(bytes(16), opened, size, "file", "application/octet-stream").parts():
                pass

    age = shutil.which("age")
    if age is None:
        pytest.skip("the age tool, with which it is compared, is not on this machine")
    ours = size / MEBIBYTE / best_of(3, seal)
    key = subprocess.run([shutil.which("age-keygen") or "age-keygen"], capture_output=True, text=True, check=True)
    recipient = key.stderr.split()[-1]
    began = perf_counter()
    subprocess.run([age, "-r", recipient, "-o", str(tmp_path / "out"), str(source)], check=True)
    theirs = size / MEBIBYTE / (perf_counter() - began)
    figure("sealing a file of 256 MiB against age, Python", ours, "MiB/s", at_least=theirs)


# The peak of a process never falls again, so a process of its own seals, and its peak before is taken off. `ru_maxrss`
# would not do: a child begins with its parent's.
SEAL_A_GIBIBYTE = """
import io
from pathlib import Path
from cenlink.sealed.private.attachments import Sealer

class Endless(io.RawIOBase):
    def read(self, size=-1):
        return bytes(size)

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

def seal(size):
    for _ in Sealer(bytes(16), Endless(), size, "file", "application/octet-stream").parts():
        pass

before = peak()
seal(1 << 30)
print(peak() - before)
"""


def test_memory_of_sealing_a_large_file(figure: Tell) -> None:
    done = subprocess.run([sys.executable, "-c", SEAL_A_GIBIBYTE], capture_output=True, text=True, check=True)
    figure("memory to seal a file of 1 GiB, Python", int(done.stdout) / 1024, "MiB", at_most=200)
