"""Says in one line that something is refused with a code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from cenlink.sealed.refusals import Code, Refused


@contextmanager
def refused(code: Code) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


def code_of(act: Callable[[], object]) -> Code | None:
    """The code with which this is refused; None when it is not."""
    try:
        act()
    except Refused as refusal:
        return refusal.code
    return None
