"""What the tests of addresses and keys ask for."""

from __future__ import annotations

import pytest

from tests.access.api_addresses import Network, keepers
from tests.access.objects import one_of_each
from tests.cast import Cast


@pytest.fixture
def network(cast: Cast) -> Network:
    return Network(one_of_each(cast), keepers(cast))
