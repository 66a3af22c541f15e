"""Plots as SVG within the page: drawn here, coloured by the style sheet, without any script.

Each is an image with a text of its own; tables beside them tell the same in numbers.
"""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 600, 120
SPARK_WIDTH, SPARK_HEIGHT = 160, 32


def spark(values: Sequence[int], title: str) -> str:
    """A small line of bars without any axis; nothing when there is nothing to draw."""
    if not any(values):
        return ""
    return _svg("spark", SPARK_WIDTH, SPARK_HEIGHT, title, _bars(values, SPARK_WIDTH, SPARK_HEIGHT))


def bars(values: Sequence[int], labels: Sequence[str], title: str) -> str:
    """Bars with the greatest number at the top; each says its label and number when pointed at."""
    top = max(values, default=0)
    if not top:
        return ""
    told = [f"{label}: {value}" for label, value in zip(labels, values, strict=True)]
    drawn = _bars(values, WIDTH, HEIGHT - 20, told)
    axis = (
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{HEIGHT - 19.5}" y2="{HEIGHT - 19.5}"/>'
        f'<text class="tick" x="0" y="{HEIGHT - 4}">{escape(labels[0])}</text>'
        f'<text class="tick end" x="{WIDTH}" y="{HEIGHT - 4}">{escape(labels[-1])}</text>'
    )
    return _svg("plot", WIDTH, HEIGHT, f"{title}; at most {top}", drawn + axis)


def _bars(values: Sequence[int], width: int, height: int, told: Sequence[str] = ()) -> str:
    top = max(values)
    step = width / len(values)
    drawn = []
    for number, value in enumerate(values):
        if not value:
            continue
        tall = max(1.0, value / top * (height - 2))
        said = f"<title>{escape(told[number])}</title>" if told else ""
        drawn.append(
            f'<rect x="{number * step:.1f}" y="{height - tall:.1f}" '
            f'width="{max(step - 1, step * 0.7):.1f}" height="{tall:.1f}">{said}</rect>'
        )
    return "".join(drawn)


def _svg(kind: str, width: int, height: int, title: str, inside: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}">{inside}</svg>'
    )
