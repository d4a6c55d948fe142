"""The pytest plugin (`-p config.embedded.pytest_plugin`): real, private PostgreSQL and Valkey for every run.

A plugin and not a conftest.py, because pytest-django imports the settings before any conftest.py is read.
"""

from __future__ import annotations

import os

import pytest

from config.embedded import test_databases
from config.embedded.refused import StartRefused
from config.embedded.test_servers import TestServers

# Only shows something; no test runs.
TALK = {"-h", "--help", "-V", "--version", "--markers"}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Starts the servers once, in the controller, and gives each process its database."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        test_databases.claim(int(worker.removeprefix("gw")) + 1)
        return
    if TALK & set(args):
        return
    try:
        servers = TestServers()
        # Runs at every end of pytest, also where it never came to collecting.
        early_config.add_cleanup(servers.stop)
        contract = servers.start()
    except StartRefused as refusal:
        raise pytest.UsageError(str(refusal)) from None
    os.environ.update(contract)
    # The processes of pytest-xdist start with this environment and claim from the same names.
    if not _has_processes(early_config):
        test_databases.claim(0)


def _has_processes(config: pytest.Config) -> bool:
    """Whether pytest-xdist will run the tests in processes of their own."""
    return getattr(config.known_args_namespace, "numprocesses", None) not in {None, 0}


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Registers the fixtures after pytest-django's, so that `django_db_setup` is ours."""
    config.pluginmanager.register(test_databases, "opencen-databases")
