"""What the tests of clients share."""

from __future__ import annotations

from pathlib import Path

import pytest
from cenlink.sealed.client import state

from tests.sealed.desks import Customs


@pytest.fixture(autouse=True)
def no_loss_of_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait for the disk."""
    monkeypatch.setattr(state, "DURABILITY", "off")


@pytest.fixture
def customs(tmp_path: Path) -> Customs:
    """A network of one's own: France with Alice and Amira, Germany with Bob and the agent Gate."""
    return Customs(tmp_path)
