"""`bootstrap.py` makes `.venv` once, makes it again when it must, and says what is missing in one line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bootstrap
from tests.launcher.skeleton import call, make_repository, write_program

REAL = str(getattr(sys, "_base_executable", sys.executable))
NO_ENSUREPIP = 'case "$*" in *"import ensurepip"*) exit 1;; esac\n'


@pytest.fixture
def own_venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Points the module at a `.venv` of the test's own, and takes away what could install packages."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "may_install_packages", lambda: False)
    return iter([tmp_path])


def test_without_ensurepip_pip_and_uv_one_line_names_the_package(
    own_venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = write_program(tmp_path / "python3", NO_ENSUREPIP + 'case "$*" in *" -m "*|"-m "*) exit 1;; esac\nexit 0\n')
    monkeypatch.setattr(bootstrap, "interpreter", lambda: str(bare))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(bootstrap.NotInstalled) as refusal:
        bootstrap.make_venv()
    message = str(refusal.value)
    assert "\n" not in message
    assert f"install the package python{bootstrap.VERSION}-venv" in message


def test_the_package_of_debians_own_python_is_python3_venv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "interpreter", lambda: "/usr/bin/python3")
    assert bootstrap.missing_package() == "python3-venv"


def test_without_ensurepip_an_installed_pip_is_used(
    own_venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not bootstrap.works(REAL, "-m", "pip", "--version"):
        pytest.skip("this Python has no pip of its own to fall back to")
    bare = write_program(tmp_path / "python3", NO_ENSUREPIP + f'exec "{REAL}" "$@"\n')
    monkeypatch.setattr(bootstrap, "interpreter", lambda: str(bare))
    bootstrap.make_venv()
    assert bootstrap.works(str(bootstrap.PYTHON), "-c", "pass")
    assert not bootstrap.works(str(bootstrap.PYTHON), "-m", "pip", "--version")
    assert bootstrap.installer()[:5] == [str(bare), "-m", "pip", "--python", str(bootstrap.PYTHON)]


def test_of_pips_settings_only_those_about_fetching_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_TARGET", "PIP_USER", "PIP_CONSTRAINT", "PIP_INDEX_URL", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "set")
    left = {name for name in bootstrap.clean_environment() if name.startswith(("PIP_", "PYTHOND"))}
    assert "PIP_INDEX_URL" in left
    assert not left & {"PIP_TARGET", "PIP_USER", "PIP_CONSTRAINT", "PYTHONDONTWRITEBYTECODE"}


def test_system_packages_are_installed_only_by_root_where_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("OPENCEN_INSTALL", raising=False)
    assert not bootstrap.may_install_packages()
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not bootstrap.may_install_packages()


def test_the_development_list_contains_the_runtime_list() -> None:
    runtime = bootstrap.pins(bootstrap.RUNTIME)
    assert len(runtime) > 50
    assert runtime <= bootstrap.pins(bootstrap.DEVELOPMENT)


def test_venv_is_made_once_and_again_when_it_is_of_another_python(tmp_path: Path) -> None:
    if not bootstrap.has_venv():
        pytest.skip("this Python makes no virtual environments by itself")
    repository = make_repository(tmp_path)

    def start() -> tuple[dict[str, object], str]:
        done = call(
            *(REAL, repository / "bootstrap.py", "manage", "look", "a b"),
            PYTHONDONTWRITEBYTECODE="1",
            PIP_TARGET=str(tmp_path / "elsewhere"),
        )
        assert done.returncode == 7, done.stderr
        told: dict[str, object] = json.loads(done.stdout)
        return told, done.stderr

    told, progress = start()
    assert told["python"] == str(repository / ".venv")
    assert (told["command"], told["arguments"]) == ("manage", ["look", "a b"])
    assert not {"PYTHONDONTWRITEBYTECODE", "PIP_TARGET"} & set(dict(told["env"]))  # type: ignore[call-overload]
    assert "installing" in progress

    _, progress = start()
    assert progress == ""

    python = repository / ".venv" / "bin" / "python"
    python.unlink()
    write_program(python, "exit 1\n")
    marker = repository / ".venv" / "opencen-installed.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"python": "3.1"}))
    _, progress = start()
    assert "installed in" in progress
    assert bootstrap.works(str(python), "-m", "pip", "--version")


def test_a_venv_without_its_pip_is_half_made_unless_there_could_be_none(
    own_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not bootstrap.usable_venv()
    assert bootstrap.works(REAL, "-m", "venv", "--without-pip", str(bootstrap.VENV))
    monkeypatch.setattr(bootstrap, "has_venv", lambda: True)
    assert not bootstrap.usable_venv()
    monkeypatch.setattr(bootstrap, "has_venv", lambda: False)
    assert bootstrap.usable_venv()
