"""Of each log the terminal shows what a person should see, with the name of its process."""

from __future__ import annotations

from pathlib import Path

from config.front_desk import terminal
from config.front_desk.terminal import LogFollower

CELERY = """\
[2026-01-02 10:00:00,001: WARNING/MainProcess] broker is slow
[2026-01-02 10:00:00,002: INFO/MainProcess] a task was received
"""
DJANGO = """\
2026-01-02 10:00:00,000 ERROR   django.request: Internal Server Error: /cases
Traceback (most recent call last):
  File "views.py", line 1, in show
ValueError: no such case
2026-01-02 10:00:01,000 INFO    opencen: signed in
something without a head
"""


def follow(tmp_path: Path) -> tuple[LogFollower, Path]:
    log = tmp_path / "web.log"
    log.write_text("2026-01-01 10:00:00,000 ERROR   old: from an earlier start\n")
    return LogFollower("web", log), log


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_warnings_and_whole_tracebacks_are_shown_and_the_rest_is_not(tmp_path: Path) -> None:
    follower, log = follow(tmp_path)
    append(log, CELERY + DJANGO)
    assert follower.serious_lines() == [
        "web      | [2026-01-02 10:00:00,001: WARNING/MainProcess] broker is slow",
        "web      | 2026-01-02 10:00:00,000 ERROR   django.request: Internal Server Error: /cases",
        "web      | Traceback (most recent call last):",
        "  ".join(["web      | ", 'File "views.py", line 1, in show']),
        "web      | ValueError: no such case",
    ]
    assert follower.serious_lines() == []


def test_a_line_that_is_written_in_two_parts_is_shown_once_and_whole(tmp_path: Path) -> None:
    follower, log = follow(tmp_path)
    append(log, "2026-01-02 10:00:00,000 ERROR   x: one ")
    assert follower.serious_lines() == []
    append(log, "line\n")
    assert follower.serious_lines() == ["web      | 2026-01-02 10:00:00,000 ERROR   x: one line"]


def test_an_outgrown_log_is_moved_aside_and_followed_further(tmp_path: Path, monkeypatch: object) -> None:
    follower, log = follow(tmp_path)
    limit = terminal.LOG_LIMIT
    with log.open("ab") as writer:
        writer.write(b"x" * limit + b"\n")
        writer.flush()
        follower.serious_lines()
        assert log.stat().st_size == 0
        assert log.with_suffix(".log.1").stat().st_size > limit
        writer.write(b"2026-01-02 10:00:00,000 ERROR   x: after\n")
    assert follower.serious_lines() == ["web      | 2026-01-02 10:00:00,000 ERROR   x: after"]
