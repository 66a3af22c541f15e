"""Draw results of bench/compare.py as small SVG bar plots, and tabulate them, for the docs.

    python -m bench.plots bench/results/compare-S-*.json bench/results/compare-M-*.json

Writes performance-S.svg and so on, one a scale: how many times as good as devpi each server is, and
performance-S.csv with all figures.
With two scales or more it writes performance-growth.svg too: what is left of each server's figure
at the smallest one.  Of several results of one scale, the later ones complete the earlier ones.
"""

import argparse
import csv
import json
from pathlib import Path
from typing import Any

from bench import svg
from bench.svg import Bar, Group
from tests.serving import ROOT

IMAGES = ROOT / "docs" / "images"
TABLES = ROOT / "docs" / "why"
SERVERS = ["mypi", "mypi-front", "pypiserver", "devpi", "pypiron", "nginx"]
MEASURE_OF_ALL = "devpi"

SHOWN = {
    "small project page, HTML, 16 connections": "small project page",
    "1,000-file page, JSON, 4 connections": "page of 1,000 files, JSON",
    "list of projects, 16 connections": "list of projects",
    "small file, 16 connections": "small file",
    "1 MiB file, 8 connections": "1 MiB file",
    "upload of small files, 8 at once": "uploads, 8 at once",
    "page beside 4 uploads, slowest 1 %": "page beside 4 uploads, slowest 1 %",
    "upload of 200 MiB": "upload of 200 MiB",
    "search, median": "search",
    "uv pip install of 60 packages": "uv installs 60 packages",
    "start to first page": "start",
    "memory, after the run": "memory after the run",
}
"""Measure -> what it is called in a plot."""

GROWING = [
    "small project page, HTML, 16 connections",
    "list of projects, 16 connections",
    "small file, 16 connections",
    "upload of small files, 8 at once",
    "search, median",
    "start to first page",
    "memory, after the run",
]

Result = dict[str, Any]


def read(paths: list[Path]) -> dict[str, Result]:
    """Scale -> measures, in the order S, M, L."""
    found: dict[str, Result] = {}
    for path in paths:
        said = json.loads(path.read_text())
        # Results of before there were goals have no medians.
        if any("medians" in row for row in said["measures"].values()):
            found.setdefault(said["scale"], {}).update(said["measures"])
    return {scale: found[scale] for scale in "SML" if scale in found}


def compared(measures: Result, reference: str) -> list[Group]:
    """Each measure's servers, as many times as good as ``reference``."""
    groups = []
    for name, title in SHOWN.items():
        row = measures.get(name)
        if row and reference in row["medians"]:
            one = row["medians"][reference]
            bars = [
                Bar(server, server, _times(row, figure, one), _text(figure, row["unit"]))
                for server, figure in row["medians"].items()
            ]
            groups.append(Group(title, bars))
    return groups


def grown(results: dict[str, Result]) -> list[Group]:
    """What is left, at larger scales, of each server's figure at the smallest one."""
    first, *others = results
    groups = []
    for name in GROWING:
        start = results[first].get(name, {}).get("medians", {})
        bars = []
        for server, one in start.items():
            for scale in others:
                row = results[scale].get(name)
                if row and server in row["medians"]:
                    figure = row["medians"][server]
                    text = f"{_text(one, '')} → {_text(figure, row['unit'])}"
                    bars.append(Bar(f"{server}, {scale}", server, _times(row, figure, one), text))
        if bars:
            groups.append(Group(SHOWN[name], bars))
    return groups


def tabulated(measures: Result) -> list[list[str]]:
    """A row for each measure: what (starred if a goal is missed), the figures, mypi : best peer."""
    servers = [name for name in SERVERS if any(name in row["medians"] for row in measures.values())]
    rows = [["", *servers, "mypi : peer"]]
    for title, row in measures.items():
        figures = [row["medians"].get(name) for name in servers]
        star = " *" if any(it["met"] is False for it in row["goals"]) else ""
        ratio = [_text(row["ratio"], "")] if row["ratio"] is not None else [""]
        cells = ["" if figure is None else _text(figure, "") for figure in figures]
        named = ", ".join(filter(None, [title.strip(), row["unit"]]))
        rows.append([named + star, *cells, *ratio])
    return rows


def _times(row: Result, figure: float, one: float) -> float:
    return one / figure if row["less is better"] else figure / one


def _text(figure: float, unit: str) -> str:
    digits = 0 if figure >= 10 else 1 if figure >= 1 else 2
    return f"{figure:,.{digits}f} {unit}".rstrip()


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Draw results of bench.compare.")
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, default=IMAGES)
    parser.add_argument("--tables", type=Path, default=TABLES)
    parser.add_argument("--reference", default=MEASURE_OF_ALL, help="the server that is 1")
    chosen = parser.parse_args()
    results = read(chosen.results)
    for scale, measures in results.items():
        title = f"Times as good as {chosen.reference}, scale {scale}"
        groups = compared(measures, chosen.reference)
        _write(chosen.into / f"performance-{scale}.svg", title, groups)
        with (chosen.tables / f"performance-{scale}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(tabulated(measures))
    if len(results) > 1:
        steps = " to ".join(results)
        title = f"What is left when the index grows from {steps}"
        _write(chosen.into / "performance-growth.svg", title, grown(results))


def _write(path: Path, title: str, groups: list[Group]) -> None:
    if not groups:
        print(f"{path.name}: nothing to draw")
        return
    path.write_text(svg.drawn(title, "Logarithmic; longer to the right is better.", groups))
    print(path)


if __name__ == "__main__":
    main()
