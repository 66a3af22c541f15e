"""The lines of the table, in its order, with the goals of each."""

from bench.measures.installing import INSTALLING
from bench.measures.measure import BEST_PEER, Goal, Measure, Middles, noted
from bench.measures.reading import LARGE, READING
from bench.measures.writing import WRITING, WRITING_LARGE

FILLING = Measure(
    "filling with the corpus",
    "files/s",
    noted,
    goals=(Goal(">=", 10, "devpi", scales="ML"),),
    by="its own way",
)
START = Measure(
    "start to first page", "s", noted, less_is_better=True, goals=(Goal("<=", 1.5),), by="start"
)
IDLE = Measure(
    "memory, idle and empty", "MiB", noted, less_is_better=True, goals=(Goal("<=", 90),), by="proc"
)
LOADED = Measure(
    "memory, after the run", "MiB", noted, less_is_better=True, goals=(Goal("<=", 160),), by="proc"
)
DISK = Measure(
    "disk per stored byte", "", noted, less_is_better=True, goals=(Goal("<=", 1.06),), by="disk"
)
TABLE = [
    *READING,
    *LARGE,
    *WRITING,
    *WRITING_LARGE,
    *INSTALLING,
    FILLING,
    START,
    IDLE,
    LOADED,
    DISK,
]

__all__ = [
    "BEST_PEER",
    "DISK",
    "FILLING",
    "IDLE",
    "INSTALLING",
    "LARGE",
    "LOADED",
    "READING",
    "START",
    "TABLE",
    "WRITING",
    "WRITING_LARGE",
    "Goal",
    "Measure",
    "Middles",
]
