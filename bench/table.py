"""Show the figures as a table, and keep them as JSON in bench/results."""

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from bench.measures import BEST_PEER, TABLE, Measure
from bench.measures.measure import Goal, Middles
from bench.running import Bench
from bench.servers import KINDS, PEERS, versions

RESULTS = Path(__file__).parent / "results"


def heading(bench: Bench) -> str:
    """The names of the columns."""
    names = "".join(f"{server.name:>11}" for server in bench.servers)
    return f"{'':<38}{'':>8}{names}{'mypi : peer':>13}  goal: met"


def line(bench: Bench, measure: Measure) -> str:
    """A measure's figures, their ratio, and whether its goals are met."""
    middles = bench.middles(measure)
    cells = [f"{measure.title:<38}{measure.unit:>8}"]
    for server in bench.servers:
        cells.append(f"{short(middles[server.name]) if server.name in middles else '-':>11}")
    times = measure.ratio(middles, PEERS)
    cells.append(f"{times:>11.1f} x" if times is not None else f"{'-':>13}")
    goals = [each for each in _goals(bench, measure) if each["met"] is not None]
    told = [f"{each['goal']}: {'yes' if each['met'] else 'NO'}" for each in goals]
    return "".join(cells) + ("  " + "; ".join(told) if told else "")


def keep(bench: Bench, seconds: float) -> Path:
    """Write the results of the run."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime(f"compare-{bench.scale}-%Y%m%d-%H%M%S.json")
    rows = {m.title.strip(): _row(bench, m) for m in TABLE if m.title in bench.figures}
    said = {
        "scale": bench.scale,
        "servers": [server.name for server in bench.servers],
        "filled by": {server.name: server.fills_by for server in bench.servers},
        "versions": versions(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "seconds": round(seconds),
        "measures": rows,
    }
    path.write_text(json.dumps(said, indent=1) + "\n")
    return path


def short(figure: float) -> str:
    """About three digits."""
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def _row(bench: Bench, measure: Measure) -> dict[str, Any]:
    by = measure.by if measure.by != "wrk" or bench.uses_wrk else "python"
    return {
        "unit": measure.unit,
        "less is better": measure.less_is_better,
        "by": by,
        "rounds": bench.figures[measure.title],
        "medians": bench.middles(measure),
        "ratio": measure.ratio(bench.middles(measure), PEERS),
        "goals": _goals(bench, measure),
    }


def _goals(bench: Bench, measure: Measure) -> list[dict[str, Any]]:
    """The goals that are set at this scale for servers that took part."""
    middles = bench.middles(measure)
    found = []
    for goal in measure.goals:
        if bench.scale in goal.scales and goal.whose in middles:
            theirs = _bound(bench, measure, goal, middles)
            met = goal.is_met(middles[goal.whose], theirs) if theirs is not None else None
            found.append({"goal": str(goal), "met": met})
    return found


def _bound(bench: Bench, measure: Measure, goal: Goal, middles: Middles) -> float | None:
    """What ``goal.of`` has; None if it did not take part."""
    if not goal.of:
        return 1.0
    if goal.of == BEST_PEER:
        return measure.best(middles, PEERS)
    if goal.of in KINDS:
        return middles.get(goal.of)
    other = next(each for each in TABLE if each.title == goal.of)
    return bench.middles(other).get(goal.whose)
