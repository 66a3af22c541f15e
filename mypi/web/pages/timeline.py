"""Releases on a line of time, as an SVG that needs neither script nor style of its own."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from mypi.services.versions import Candidate

WIDTH = 1000
LEFT, RIGHT = 84, 14
LANE = 26
TOP = 14
MIN_RELEASES = 3
"""Fewer are a list, not a line; and so are those of one day."""

MAX_LABELS = 12
_DAY = 86_400.0
_YEAR = 365.25 * _DAY
FINAL, PRE, YANKED = "Final", "Pre-release", "Yanked"
_SHAPES = {
    FINAL: "M{x} {y}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    PRE: "M{x} {y}m0-5l5 5l-5 5l-5-5z",
    YANKED: "M{x} {y}m-4-4l8 8m0-8l-8 8",
}


def drawn(known: Iterable[Candidate]) -> str:
    """The SVG; empty when there is too little to see.

    At most one dot a kind and pixel: the drawing of thousands of releases is as large as of some.
    """
    dots = [(it.first, _kind(it)) for it in known if it.files]
    if len(dots) < MIN_RELEASES:
        return ""
    first, last = min(dots)[0], max(dots)[0]
    span = last - first
    if span < _DAY:
        return ""
    lanes = [kind for kind in _SHAPES if any(kind == it for _when, it in dots)]
    places: dict[str, set[int]] = {kind: set() for kind in lanes}
    for when, kind in dots:
        places[kind].add(round(LEFT + (when - first) / span * (WIDTH - LEFT - RIGHT)))
    height = TOP + LANE * len(lanes) + 22
    pieces = list(_axis(first, span, height - 22, height))
    for row, kind in enumerate(lanes):
        y = TOP + LANE * row + LANE // 2
        marks = "".join(_SHAPES[kind].format(x=x, y=y) for x in sorted(places[kind]))
        pieces.append(f'<text x="0" y="{y + 4}">{kind}</text>')
        pieces.append(f'<path class="{kind.lower()}" d="{marks}"/>')
    counts = ", ".join(f"{sum(kind == it for _w, it in dots)} {kind.lower()}" for kind in lanes)
    label = f"Releases from {_day(first)} to {_day(last)}: {counts}. The table below has them all."
    return (
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{label}">{"".join(pieces)}</svg>'
    )


def _axis(first: float, span: float, y: int, height: int) -> Iterator[str]:
    """Years, or the two ends when all is within one."""
    yield f'<path class="axis" d="M{LEFT - 8} {y}H{WIDTH}"/>'
    start, end = (datetime.fromtimestamp(it, UTC) for it in (first, first + span))
    years = range(start.year + 1, end.year + 1)
    step = max(1, -(-len(years) // MAX_LABELS))
    marks = [
        (_place(datetime(it, 1, 1, tzinfo=UTC).timestamp(), first, span), str(it))
        for it in years[::step]
    ]
    if span < _YEAR or not marks:
        marks = [(LEFT, _day(first)), (WIDTH - RIGHT, _day(first + span))]
    for x, text in marks:
        anchor = "end" if x > WIDTH - 60 else "start" if x < LEFT + 40 else "middle"
        yield f'<path class="axis" d="M{x} {TOP - 8}V{y + 4}"/>'
        yield f'<text x="{x}" y="{height - 5}" text-anchor="{anchor}">{text}</text>'


def _place(when: float, first: float, span: float) -> int:
    return round(LEFT + (when - first) / span * (WIDTH - LEFT - RIGHT))


def _kind(it: Candidate) -> str:
    if it.yanked:
        return YANKED
    return PRE if it.parsed.is_prerelease else FINAL


def _day(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
