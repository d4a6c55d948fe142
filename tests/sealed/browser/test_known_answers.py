"""What the cryptography project publishes, against what the browser's client builds on: X-Wing, ML-DSA-65, Argon2id.

Chunked encryption has no published answers with SHA-512; `sealing` of our vectors was made by another implementation.
"""

from __future__ import annotations

import hashlib
import json

import pytest
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet
from tests.sealed.test_known_answers import ML_DSA, WHERE, blocks, hpke

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser


def test_a_wing_seed_gives_the_published_key_and_secret(sheet: Page) -> None:
    vectors = [{name: one[name] for name in ("skRm", "pkRm", "enc", "shared_secret")} for one in hpke()]
    assert vectors
    assert sheet.evaluate("(vectors) => sealed.known.xWing(vectors)", vectors) == []


def test_the_key_schedule_of_hpke_gives_the_published_keys_and_nonces(sheet: Page) -> None:
    """In base mode by HKDF-SHA256, for AEADs with keys of 32 bytes, whatever the shared secret came from."""
    names = ("shared_secret", "info", "key", "base_nonce")
    found = json.loads((WHERE / "HPKE" / "test-vectors.json").read_text(encoding="utf-8")) + hpke()
    fit = [one for one in found if (one["mode"], one["kdf_id"]) == (0, 1) and one["aead_id"] in {2, 3}]
    suites = [f"{one['kem_id']:04x}{one['kdf_id']:04x}{one['aead_id']:04x}" for one in fit]
    vectors = [{"suite": suite, **{name: one[name] for name in names}} for suite, one in zip(suites, fit, strict=True)]
    assert len(vectors) >= 9
    assert sheet.evaluate("(vectors) => sealed.known.keySchedule(vectors)", vectors) == []


def test_an_ml_dsa_seed_gives_the_published_key(sheet: Page) -> None:
    published = blocks(ML_DSA)[:10]
    vectors = [{"xi": one["xi"], "pk": hashlib.sha256(bytes.fromhex(one["pk"])).hexdigest()} for one in published]
    assert len(vectors) == 10
    assert sheet.evaluate("(vectors) => sealed.known.mlDsa(vectors)", vectors) == []


def test_argon2id_stretches_as_others_do(sheet: Page) -> None:
    vectors = [one for one in blocks("KDF/argon2id.txt") if "secret" not in one and one["pass"]]
    assert len(vectors) >= 4
    assert sheet.evaluate("(vectors) => sealed.known.argon2(vectors)", vectors) == []
