"""The colours of the style sheet: legible on every ground they are used on (WCAG 2.2, 1.4.3)."""

import re
from importlib.resources import files

import pytest

CSS = files("mypi.web.pages").joinpath("static/mypi.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{([^}]*#[^}]*)\}", CSS)
)
GROUNDS = ("ground", "sheet", "sunk")
CODE = [name for name in LIGHT if name.startswith("code-")]
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in GROUNDS),
    *((ink, "sheet") for ink in CODE),
    *((name, f"{name}-ground") for name in ("good", "warn", "note")),
    ("bar-ink", "bar"),
    ("sheet", "link"),
    ("ink", "note-ground"),
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


def test_both_themes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()
