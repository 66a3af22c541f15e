"""The colours of the style sheet: legible on every ground they are used on (WCAG 2.2, 1.4.3)."""

import re

import pytest

from mypi.web.pages.assets import joined

CSS = joined("mypi.css").decode()
NAMED = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
LIGHT = {name: light for name, light, _dark in NAMED}
DARK = {name: dark for name, _light, dark in NAMED}
GROUNDS = ("ground", "sheet", "sunk")
CODE = [name for name in LIGHT if name.startswith("code-")]
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in GROUNDS),
    *((ink, "sheet") for ink in CODE),
    *((name, f"{name}-ground") for name in ("good", "warn", "note")),
    ("bar-ink", "bar"),
    ("sheet", "link"),
    ("ink", "note-ground"),
    ("ink", "mark"),
    ("soft", "mark"),
]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme, ink, ground):
    dark, light = sorted((luminance(theme[ink]), luminance(theme[ground])))

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_every_colour_is_named_for_both_themes():
    named = re.findall(r"--([a-z-]+): light-dark\(", CSS)

    assert sorted(LIGHT) == sorted(named)
    assert {"ink", "ground", "link", "bar", "code-name"} <= LIGHT.keys()


def test_no_colour_is_outside_the_table():
    table = CSS[: CSS.index("}")]

    assert re.findall(r"#[0-9a-f]{6}\b", CSS.removeprefix(table)) == []
    assert "prefers-color-scheme" not in CSS
