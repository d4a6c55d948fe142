"""The unprivileged account that runs the servers where the front desk is root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.refused import StartRefused


@dataclass(frozen=True)
class ServerAccount:
    """One account of the machine, by user and group number."""

    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        """Gives the file or folder to this account."""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether the mode of one folder lets this account pass through it."""
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def first_closed(self, folder: Path) -> Path | None:
        """The first of the folders above and including `folder` that this account cannot pass."""
        return next((step for step in [*reversed(folder.parents), folder] if not self.can_enter(step)), None)


def server_account() -> ServerAccount | None:
    """The account for the servers: none for an ordinary user, who runs them as himself.

    PostgreSQL refuses to run as root. As root the account is OPENCEN_RUN_AS, else opencen, postgres or nobody.
    """
    if os.geteuid() != 0:
        return None
    asked = os.environ.get("OPENCEN_RUN_AS")
    for name in [asked] if asked else ["opencen", "postgres", "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid == 0:
            raise StartRefused(f"OPENCEN_RUN_AS={name} is root: name an unprivileged account.")
        return ServerAccount(entry.pw_uid, entry.pw_gid)
    raise StartRefused("Running as root needs an unprivileged account for PostgreSQL: set OPENCEN_RUN_AS.")
