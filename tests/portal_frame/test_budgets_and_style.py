"""The sheet, the module and the sprite: their size, their direction, their contrast."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from django.conf import settings

from accounts.templatetags import states
from cen.templatetags import records

STATIC = Path(settings.BASE_DIR) / "static"
SHEET = (STATIC / "css/opencen.css").read_text()


# The budgets are 8 and 4 KiB in brotli, which the locked packages do not have. gzip's deflate is about a
# tenth larger on these texts, so the limits here are 9 and 4.5 KiB.
@pytest.mark.parametrize(
    ("name", "limit"), [("css/opencen.css", 9 * 1024), ("js/portal.js", 4608), ("icons.svg", 4 * 1024)]
)
def test_what_every_page_loads_stays_small(name: str, limit: int) -> None:
    assert len(zlib.compress((STATIC / name).read_bytes(), 9)) <= limit


def test_the_modules_of_an_ordinary_page_stay_small_together() -> None:
    modules = [(STATIC / "js" / name).read_bytes() for name in ("portal.js", "live.js")]
    assert sum(len(zlib.compress(one, 9)) for one in modules) <= 4608


def test_the_sheet_knows_no_left_and_right() -> None:
    physical = re.compile(
        r"(?:^|[;{\s])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\S*"
        r"|left|right|top|bottom|(?:min-|max-)?(?:width|height)"
        r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
        r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    )
    rules = re.sub(r"/\*.*?\*/|@media[^{]+|@page[^}]+", "", SHEET, flags=re.DOTALL)
    assert physical.findall(rules) == []
    assert physical.search("a { margin-left: 1px }")
    assert physical.search("a{width:1px}")


def test_the_sheet_has_its_four_layers_and_both_themes() -> None:
    assert "@layer base, layout, components, print;" in SHEET
    assert "color-scheme: light dark" in SHEET
    for needed in ("forced-colors: active", "@media print", 'data-density="compact"', "prefers-reduced-motion"):
        assert needed in SHEET


def _tokens(theme: int) -> dict[str, str]:
    found = {}
    for name, value in re.findall(r"^  --([a-z-]+): (.+?);$", SHEET, flags=re.MULTILINE):
        both = re.fullmatch(r"light-dark\((\S+), (\S+)\)", value)
        colour = both.group(theme) if both else value
        if colour.startswith("#"):
            found[name] = colour
    return found


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_text_and_edges_stand_out_enough(theme: int) -> None:
    colour = _tokens(theme)
    grounds = ("paper", "surface", "sunken")
    texts = [(text, ground) for text in ("ink", "quiet", "teal") for ground in grounds]
    texts += [("on-teal", "teal"), ("on-frame", "frame"), ("teal", "teal-soft"), ("ink", "teal-soft")]
    texts += [(tone, f"{tone}-soft") for tone in ("ok", "warn", "bad")]
    texts += [(tone, "surface") for tone in ("ok", "warn", "bad")]
    weak = {pair: _contrast(colour[pair[0]], colour[pair[1]]) for pair in texts}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    shapes = [(shape, ground) for shape in ("edge", "copper") for ground in grounds]
    faint = {pair: _contrast(colour[pair[0]], colour[pair[1]]) for pair in shapes}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 3} == {}


@pytest.mark.parametrize(("colour", "word"), [("#ff5c5c", "red"), ("#ffc000", "amber"), ("#3f0", "green")])
def test_handling_codes_stand_on_black(colour: str, word: str) -> None:
    assert f".tlp-{word} {{ color: {colour}; }}" in SHEET
    assert _contrast(colour, "#000") >= 4.5


def drawn() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


def test_every_drawing_that_is_named_exists() -> None:
    root = Path(settings.BASE_DIR)
    pages = [path for folder in ("templates", "*/templates") for path in root.glob(f"{folder}/**/*.html")]
    assert pages
    named = {
        (name, path.name) for path in pages for name in re.findall(r"{%\s*icon\s+[\"']([^\"']+)[\"']", path.read_text())
    }
    assert len(named) > 20
    named |= {(look.icon, "states") for look in states.LOOKS.values()}
    named |= {(name, "modes") for name in records.ICON_OF_MODE.values()}
    named |= {(name, "categories") for name in records.ICON_OF_CATEGORY.values()}
    named |= {(name, "navigation") for name in _icons_of_navigation(root / "config/frame.py")}
    assert sorted(pair for pair in named if pair[0] not in drawn()) == []


def _icons_of_navigation(source: Path) -> set[str]:
    entries = re.findall(r'\(_\("[^"]+"\), "[a-z_]+", "([a-z-]+)", "[a-z]"', source.read_text())
    assert entries
    return set(entries)
