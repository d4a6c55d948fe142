"""`run` takes the first Python that really runs, and prefers 3.13."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launcher.skeleton import call, make_repository, write_program

# Claims one version when asked, and tells its name when it is to run bootstrap.py.
FAKE = 'case "$1" in -c) shift 2; case " $* " in *" {minor} "*) exit 0;; esac; exit 1;; esac; echo "{name} $*"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repository").mkdir()
    return make_repository(tmp_path / "repository")


def fake(folder: Path, name: str, minor: int) -> Path:
    return write_program(folder / name, FAKE.format(minor=minor, name=name))


def test_a_shim_that_stands_in_path_but_does_not_run_is_passed_over(repository: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    write_program(shims / "python3.13", "exit 127\n")
    fake(shims, "python3", 13)
    done = call(repository / "run", "nonsense", PATH=f"{shims}:/usr/bin:/bin")
    # A machine with a real 3.13 in /usr/bin takes that one, which does not know the command.
    assert done.stdout.startswith("python3 ") or (done.returncode == 2 and "usage" in done.stderr)


def test_python_3_13_is_preferred_to_newer_and_older_ones(repository: Path, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    for minor in (12, 13, 14):
        fake(bin_folder, f"python3.{minor}", minor)
    done = call(repository / "run", "up", "x y", PATH=f"{bin_folder}:/usr/bin:/bin")
    assert done.stdout == f"python3.13 {repository}/bootstrap.py up x y\n"


def test_the_python_that_the_person_names_comes_first(repository: Path, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    fake(bin_folder, "python3.13", 13)
    named = fake(tmp_path, "named", 12)
    done = call(repository / "run", "up", PATH=f"{bin_folder}:/usr/bin:/bin", OPENCEN_PYTHON=str(named))
    assert done.stdout.startswith("named ")


def test_a_named_python_that_does_not_run_is_an_error_and_not_replaced(repository: Path, tmp_path: Path) -> None:
    broken = write_program(tmp_path / "broken", "exit 127\n")
    done = call(repository / "run", "up", OPENCEN_PYTHON=str(broken))
    assert done.returncode == 3
    assert done.stderr == f"opencen: OPENCEN_PYTHON={broken} does not run as Python 3.12 or newer\n"


def test_a_foreign_pythonhome_does_not_break_the_search(repository: Path) -> None:
    done = call(repository / "run", "nonsense", PYTHONHOME="/nonexistent", PYTHONPATH="/nonexistent")
    assert done.returncode == 2
    assert "unknown command 'nonsense'" in done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], []])
def test_an_unknown_command_prints_the_usage_and_ends_with_2(repository: Path, arguments: list[str]) -> None:
    done = call(repository / "run", *arguments)
    assert done.returncode == 2
    assert "usage: ./run COMMAND" in done.stderr
    assert not (repository / ".venv").exists()
