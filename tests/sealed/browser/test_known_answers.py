"""What the cryptography project publishes, against what the browser's client builds on: X-Wing, ML-DSA-65, Argon2id.

Chunked encryption has no published answers with SHA-512; `sealing` of our vectors was made by another implementation.
"""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet
from tests.sealed.test_known_answers import ML_DSA, blocks, hpke

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser


def test_a_wing_seed_gives_the_published_key_and_secret(sheet: Page) -> None:
    vectors = [{name: one[name] for name in ("skRm", "pkRm", "enc", "shared_secret")} for one in hpke()]
    assert vectors
    assert sheet.evaluate("(vectors) => sealed.known.xWing(vectors)", vectors) == []


def test_an_ml_dsa_seed_gives_the_published_key(sheet: Page) -> None:
    published = blocks(ML_DSA)[:10]
    vectors = [{"xi": one["xi"], "pk": hashlib.sha256(bytes.fromhex(one["pk"])).hexdigest()} for one in published]
    assert len(vectors) == 10
    assert sheet.evaluate("(vectors) => sealed.known.mlDsa(vectors)", vectors) == []


def test_argon2id_stretches_as_others_do(sheet: Page) -> None:
    vectors = [one for one in blocks("KDF/argon2id.txt") if "secret" not in one and one["pass"]]
    assert len(vectors) >= 4
    assert sheet.evaluate("(vectors) => sealed.known.argon2(vectors)", vectors) == []
