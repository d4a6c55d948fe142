"""The published vectors, accepted and refused alike, judged by the browser's client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from config.embedded.preparation import ROOT
from tests.sealed.browser.served import address, browser, bundle, sheet

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser


def test_every_vector_is_judged_as_it_says(sheet: Page) -> None:
    vectors = json.loads(Path(ROOT, "sdk/vectors/sealed.json").read_text(encoding="utf-8"))
    assert len(vectors["cases"]) > 100
    judged = "async () => sealed.misjudged(await (await fetch('/sealed.json')).json())"
    assert sheet.evaluate(judged) == []


def test_a_vector_that_says_otherwise_is_noticed(sheet: Page) -> None:
    turned = """async () => {
      const vectors = await (await fetch('/sealed.json')).json();
      const chosen = [...vectors.cases.filter((c) => !c.refused).slice(0, 2), vectors.cases.find((c) => c.refused)];
      for (const entry of chosen) entry.refused = entry.refused ? null : 'late';
      vectors.cases = chosen;
      vectors.keys[0].kid = vectors.keys[1].kid;
      return (await sealed.misjudged(vectors)).length;
    }"""
    assert sheet.evaluate(turned) == 4
