"""Horizontal bars on a logarithmic axis, as an SVG of plain text; 1 is where the bars begin."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 720
LEFT, RIGHT = 120, 560
"""Where the axis is; names are left of it, figures right."""
HEAD, ROW, GAP, FOOT = 58, 16, 28, 12

COLOURS = {
    "mypi": "#2f7de1",
    "mypi-front": "#0f9d8a",
    "pypiserver": "#c9622d",
    "devpi": "#b08a00",
    "pypiron": "#9160d8",
    "nginx": "#808892",
}

# The plot has a background of its own: a page's theme may differ from what the system says.
STYLE = """
  .back { fill: #ffffff } text { fill: #24292f; font: 12px system-ui, sans-serif }
  .title { font-size: 15px; font-weight: 600 } .group { font-weight: 600 }
  .quiet { fill: #59636e } .grid { stroke: #d8dee4 } .one { stroke: #59636e }
  @media (prefers-color-scheme: dark) {
    .back { fill: #16191d } text { fill: #e6edf3 }
    .quiet { fill: #9aa5b1 } .grid { stroke: #30363d } .one { stroke: #9aa5b1 }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One bar: its name, the server whose colour it has, how far it goes, the text behind it."""

    name: str
    server: str
    times: float
    text: str


@dataclass(frozen=True)
class Group:
    """Bars under a heading."""

    title: str
    bars: list[Bar]


class Axis:
    """Powers of ten that all bars fit between."""

    def __init__(self, groups: list[Group]) -> None:
        logs = [math.log10(bar.times) for group in groups for bar in group.bars]
        self.low = min(-1, math.floor(min(logs)))
        self.high = max(1, math.ceil(max(logs)))

    def place(self, times: float) -> float:
        """The place of a figure."""
        part = (math.log10(times) - self.low) / (self.high - self.low)
        return round(LEFT + part * (RIGHT - LEFT), 1)


def drawn(title: str, note: str, groups: list[Group]) -> str:
    """The text of the file; the figures are in its description too, for who cannot see it."""
    axis = Axis(groups)
    height = HEAD + sum(GAP + ROW * len(group.bars) for group in groups) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_told(groups))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="8"/>',
        _text(16, 24, title, "title"),
        _text(16, 42, note, "quiet"),
        *_grid(axis, height),
    ]
    top = HEAD
    for group in groups:
        parts.append(_text(16, top + GAP - 8, group.title, "group"))
        top += GAP
        for bar in group.bars:
            parts += _bar(axis, bar, top)
            top += ROW
    return "\n".join([*parts, "</svg>", ""])


def _bar(axis: Axis, bar: Bar, top: int) -> list[str]:
    one, end = axis.place(1), axis.place(bar.times)
    left, width = min(one, end), max(1.0, round(abs(end - one), 1))
    colour = COLOURS.get(bar.server, "#808892")
    middle = top + ROW - 4
    return [
        _text(LEFT - 8, middle, bar.name, anchor="end"),
        f'<rect x="{left}" y="{top + 2}" width="{width}" height="{ROW - 4}" fill="{colour}"/>',
        _text(RIGHT + 10, middle, bar.text, "quiet"),
    ]


def _grid(axis: Axis, height: int) -> list[str]:
    parts = []
    for power in range(axis.low, axis.high + 1):
        place = axis.place(10.0**power)
        kind = "one" if power == 0 else "grid"
        parts.append(
            f'<path class="{kind}" d="M{place} {HEAD + 8}V{height - FOOT}" stroke-width="1"/>'
        )
        parts.append(_text(place, HEAD + 4, f"{10.0**power:,g}", "quiet", anchor="middle"))
    return parts


def _told(groups: list[Group]) -> str:
    return " ".join(
        f"{group.title}: " + ", ".join(f"{bar.name} {bar.text}" for bar in group.bars) + "."
        for group in groups
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "") -> str:
    told = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x}" y="{y}"{told}>{escape(text)}</text>'
