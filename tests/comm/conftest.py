"""A network whose chains stand on the real server."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.comm.served import Served


@pytest.fixture
def served(cast: Cast) -> Served:
    return Served(cast)
