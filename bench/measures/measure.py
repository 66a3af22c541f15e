"""What a measure is, and the goal that is set for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.running import Bench
    from bench.servers import Server

Middles = dict[str, float]
"""Server name -> the median of its figures."""

BEST_PEER = "best peer"


@dataclass(frozen=True)
class Goal:
    """``whose`` figure is to be ``sign`` (``>=`` or ``<=``) ``times`` what ``of`` has.

    ``of`` is a server, ``best peer``, the title of another measure (of the same server), or empty:
    then ``times`` is the figure itself.  ``scales`` are those that it is set for.
    """

    sign: str
    times: float
    of: str = ""
    whose: str = "mypi"
    scales: str = "SML"

    def __str__(self) -> str:
        who = "" if self.whose == "mypi" else f"{self.whose} "
        if not self.of:
            return f"{who}{self.sign} {self.times:g}"
        times = "" if self.times == 1 else f"{self.times:g} x "
        return f"{who}{self.sign} {times}{self.of}"

    def is_met(self, ours: float, theirs: float) -> bool:
        """Whether it is met, when ``of`` has ``theirs``."""
        bound = self.times * theirs
        return ours >= bound if self.sign == ">=" else ours <= bound


@dataclass(frozen=True)
class Measure:
    """One line of the table; ``take`` returns a figure, None where a server lacks the thing.

    ``by`` is what asks: ``wrk`` (if installed), ``python`` (bench/load.py), or a program.
    """

    title: str
    unit: str
    take: Callable[[Bench, Server], float | None]
    less_is_better: bool = False
    goals: tuple[Goal, ...] = ()
    by: str = "python"
    most_rounds: int = 100

    def ratio(self, middles: Middles, peers: tuple[str, ...]) -> float | None:
        """How many times better mypi is than the best peer; None without one of them."""
        best = self.best(middles, peers)
        ours = middles.get("mypi")
        if not best or not ours:
            return None
        return best / ours if self.less_is_better else ours / best

    def best(self, middles: Middles, peers: tuple[str, ...]) -> float | None:
        """The best peer's figure."""
        theirs = [middles[name] for name in peers if name in middles]
        choose = min if self.less_is_better else max
        return choose(theirs) if theirs else None


def noted(bench: Bench, server: Server) -> None:
    """The ``take`` of a figure that comes with another one, or from the way of the run."""
