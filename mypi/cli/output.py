"""What people and programs get to see: data on stdout, talk on stderr, failures as one sentence.

Texts of an index come from whoever uploads to it; what could steer a terminal is not written.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from mypi.cli.options import Run

FAILURES, USAGE, UNUSABLE, NOT_FOUND, REFUSED, DOWN = range(1, 7)
"""Exit codes; 0 is done, 130 interrupted."""

TOLD_TWICE = "ZODB.Connection"
"""The logger that names objects of the database it could not load; the command says it in words."""

EVERY = 10.0
"""Seconds between two lines of progress where no bar can be drawn."""
ANEW = 0.2
"""Seconds between two states of the line that tells it on a terminal."""
END_OF_LINE = "\x1b[K"
"""Clears what a longer line left there."""


class Failure(Exception):
    """The command could not do its work: a sentence, what to try, and the exit code."""

    def __init__(self, message: str, code: int = FAILURES, hint: str = "") -> None:
        super().__init__(plain(message))
        self.code = code
        self.hint = plain(hint)

    def show(self) -> None:
        """Write the sentence, and the ``try:`` line where there is one, to stderr."""
        click.echo(f"mypi: {self}", err=True)
        if self.hint:
            click.echo(f"  try: {self.hint}", err=True)


def plain(text: str) -> str:
    """``text`` on one line, with a ``?`` for each character that is not printable."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def tell(run: Run, text: str) -> None:
    """Say something beside the data, unless told to be quiet."""
    if not run.quiet:
        click.echo(plain(text), err=True)


def is_coloured(run: Run) -> bool:
    """Whether data may have colours."""
    if run.color != "auto":
        return run.color == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class LogLines(logging.Handler):
    """The log of the application that was opened here, as lines on stderr.

    Our own warnings and everybody's errors; with -v all that there is, and traces.
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or leave it."""
        if record.name == TOLD_TWICE and not self.run.verbose:
            return
        ours = record.name.startswith("mypi") and not self.run.quiet
        least = logging.WARNING if ours else logging.ERROR
        if self.run.verbose or record.levelno >= least:
            click.echo(f"mypi: {plain(record.getMessage())}", err=True)
        if self.run.verbose and record.exc_info:
            click.echo(logging.Formatter().formatException(record.exc_info), err=True)


def log_to_stderr(run: Run) -> None:
    """Show the application's log until the program ends."""
    lines, root, ours = LogLines(run), logging.getLogger(), logging.getLogger("mypi")
    level = ours.level
    root.addHandler(lines)
    if run.verbose:
        ours.setLevel(logging.INFO)

    def stop() -> None:
        root.removeHandler(lines)
        ours.setLevel(level)

    click.get_current_context().find_root().call_on_close(stop)


def emit(document: Any) -> None:
    """Print a document for programs."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns under ``head``; numbers to the right.  Nothing at all without rows."""
    lines = [[cell(value) for value in row] for row in rows]
    if not lines:
        return
    right = [all(line[i].isdecimal() for line in lines) for i in range(len(head))]
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        columns = (
            text.rjust(width) if is_number else text.ljust(width)
            for text, width, is_number in zip(line, widths, right, strict=True)
        )
        click.echo("  ".join(columns).rstrip())


def record(values: Mapping[str, Any]) -> None:
    """Print names and values, one a line."""
    width = max(map(len, values))
    for name, value in values.items():
        click.echo(f"{name.ljust(width)}  {cell(value)}".rstrip())


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {cell(it)}" for name, it in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(cell, value))
    return plain(str(value))


def when(text: str | None) -> str:
    """An RFC 3339 time to the minute, UTC."""
    return text[:16].replace("T", " ") if text else ""


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def confirm(run: Run, question: str) -> None:
    """Ask on a terminal and go on at yes; anywhere else, want ``--yes``."""
    if run.yes:
        return
    if not sys.stdin.isatty():
        raise Failure(
            f"{question} Nobody is there to answer, and nothing was changed.", USAGE, "add --yes"
        )
    if not click.confirm(plain(question), err=True):
        raise Failure("nothing was changed.", FAILURES)


class Progress:
    """How far long work is: a bar on a terminal, else a line every ten seconds.  On stderr.

    When nobody knows the ``length``, a terminal has one line that is written anew.
    """

    def __init__(self, run: Run, label: str, length: int | None) -> None:
        self.run = run
        self.label = label
        self.length = length
        self.done = 0
        self._shows = not (run.quiet or run.no_progress)
        self._on_terminal = self._shows and sys.stderr.isatty()
        self._every = ANEW if self._on_terminal else EVERY
        self._next = time.monotonic() + self._every
        self._begun = False
        self._bar: Any = None

    def __enter__(self) -> "Progress":
        if self._on_terminal and self.length is not None:
            self._bar = click.progressbar(length=self.length, label=self.label, file=sys.stderr)
            self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._bar is not None:
            self._bar.__exit__(*error)
        elif self._begun:
            click.echo(err=True)

    def advance(self, count: int, amount: str = "") -> None:
        """``count`` more are done; ``amount`` says how much that is by now, if not their number."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
        elif self._shows and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            of = f" of {self.length}" if self.length is not None else ""
            self._tell(f"{self.label}: {amount or f'{self.done}{of}'}")

    def _tell(self, text: str) -> None:
        if self._on_terminal:
            self._begun = True
            click.echo(f"\r{plain(text)}{END_OF_LINE}", nl=False, err=True)
        else:
            tell(self.run, text)
