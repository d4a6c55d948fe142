"""Published answers of others: X-Wing, ML-DSA-65, Argon2id.

Chunked encryption has none for SHA-512 yet; `sealing` of our vectors was made by another implementation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser
KNOWN: dict[str, Any] = json.loads(Path(__file__).with_name("known_answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "act", "count"),
    [("x_wing", "xWing", 2), ("ml_dsa_65", "mlDsa", 5), ("argon2id", "argon2", 4)],
)
def test_they_come_out_here_too(sheet: Page, name: str, act: str, count: int) -> None:
    vectors = KNOWN[name]["vectors"]
    assert len(vectors) == count
    assert sheet.evaluate("([act, vectors]) => sealed.known[act](vectors)", [act, vectors]) == []
