"""What the demonstration keeps in its folder: key files, and the cards that visitors are shown."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path

from cenlink.sealed.checks.spoken_codes import secret_key_text
from cenlink.sealed.client import keyfiles
from cenlink.sealed.client.authority import NetworkRoot
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.client.ways import ByPassphrase
from cenlink.sealed.private.keys import Keys

PASSPHRASE = "open the demonstration"  # noqa: S105  (everybody may know it)


class Cards:
    """Everything under one folder of mode 0700; each file 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._done = folder / "done"
        secret = folder / "secret"
        if not secret.exists():
            write_closed(secret, secrets.token_bytes(32))
        self._secret = secret.read_bytes()

    def way(self, person: str) -> ByPassphrase:
        """The same at each start: whoever resumes must be able to open what was opened before."""
        return ByPassphrase(PASSPHRASE, hashlib.sha256(self._secret + person.encode()).digest()[:16])

    def authority(self, name: str) -> Keys:
        target = self.folder / f"{name}.key"
        return keyfiles.read(target, PASSPHRASE) if target.exists() else keyfiles.make(target, PASSPHRASE)

    def founding(self, at: int) -> bytes:
        """The first link of the network; always the same, so that who resumes knows the network for his own."""
        target = self.folder / "network"
        if not target.exists():
            write_closed(target, NetworkRoot.founded([self.authority("root")], 1, at))
        return target.read_bytes()

    def show(self, persons: list[str]) -> None:
        """Writes what the server of a demonstration shows to a visitor who stepped into one of these persons."""
        shown = {one: secret_key_text(self.way(one).secret) for one in persons}
        said = {"passphrase": PASSPHRASE, "secret_keys": shown}
        write_closed(self.folder / "cards.json", json.dumps(said).encode())

    def is_done_for(self, net: bytes) -> bool:
        return self._done.exists() and self._done.read_text() == net.hex()

    def finish(self, net: bytes) -> None:
        write_closed(self._done, net.hex().encode())
