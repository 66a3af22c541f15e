"""``mypi doctor``: ask everything that may be wrong, in order, and say what to do about it."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import USAGE, Failure

if TYPE_CHECKING:
    from mypi.cli.doctor.finding import Finding, Patient

ILL = 1
"""The exit code when something does not work."""

COLOURS = {"good": "green", "warning": "yellow", "bad": "red"}


@click.command(cls=Command)
@click.option("--try", "trying", is_flag=True,
              help="Publish and install a small package, in an index made for that.")  # fmt: skip
@run_of
def doctor(run: Run, trying: bool) -> int:
    """Look whether all is well with this installation.

    Asks for the machine, the settings, the database, the server, its address and the front server
    there; nothing is changed.  Each line that is not good says what to do.  Exit code 1: something
    does not work.
    """
    found = []
    for it in _findings(run, trying):
        found.append(it)
        if not run.json:
            _show(run, it)
    if run.json:
        output.emit({"findings": [it._asdict() for it in found]})
    count = {state: sum(it.state == state for it in found) for state in COLOURS}
    output.tell(run, f"{count['bad']} bad, {output.plural(count['warning'], 'warning')}, "
                     f"{count['good']} good")  # fmt: skip
    return ILL if count["bad"] else 0


def _findings(run: Run, trying: bool) -> "Iterator[Finding]":
    from mypi.cli.checking import problems
    from mypi.cli.doctor import database, machine, network, trial
    from mypi.cli.local import ini_of

    if run.server:
        raise Failure("The doctor comes to the machine of the index.", USAGE, "-c INI")
    ini = ini_of(run)
    output.log_to_stderr(run)
    yield machine.python()
    wrong = problems(ini, run.given)
    yield from machine.settings(ini, wrong)
    patient = _patient(run, ini)
    if patient is None:
        return
    yield from machine.folder(patient)
    yield from machine.disk(patient)
    yield from machine.open_files(patient)
    yield from database.findings(patient)
    yield from network.findings(patient)
    if trying:
        yield from trial.findings(run, patient)


def _patient(run: Run, ini: str) -> "Patient | None":
    """What the ini file says; None when that is of no use."""
    from mypi.cli.doctor.finding import Patient
    from mypi.cli.ini import SERVER, section
    from mypi.cli.local import read_settings, uri_of
    from mypi.errors import CannotStart
    from mypi.settings import Settings

    app = read_settings(ini, run.given)
    try:
        settings = Settings.from_ini(app, os.environ)
        return Patient(ini, settings, uri_of(app), section(ini, SERVER, run.given))
    except CannotStart:
        return None


def _show(run: Run, it: "Finding") -> None:
    """One line, and one more for the remedy; what is good is not said when told to be quiet."""
    if run.quiet and it.state == "good":
        return
    word = it.state.ljust(7)
    if output.is_coloured(run):
        word = click.style(word, fg=COLOURS[it.state])
    click.echo(f"{word}  {it.subject}: {output.plain(it.what)}")
    if it.remedy:
        click.echo(f"{' ' * 9}try: {output.plain(it.remedy)}")
