"""The browser that the tests drive: found where it is installed, installed where that is allowed."""

from __future__ import annotations

import shutil

import bootstrap

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
# Debian's; the first is the smaller one, and older releases have only the second.
PACKAGES = NAMES[:2]


def find() -> str | None:
    """The path of the first installed browser."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def have() -> int:
    """0 if there is a browser, or could be installed (as root in CI); else 1 and a line that names the package."""
    for package in PACKAGES if bootstrap.may_install_packages() else ():
        if find():
            break
        try:
            bootstrap.install_package(package)
        except bootstrap.NotInstalled as problem:
            print(problem)
    if path := find():
        print(path)
        return 0
    print(f"no browser for the tests: install the package {PACKAGES[0]} (Debian: apt-get install {PACKAGES[0]})")
    return 1
