"""The journal: who did what, when."""

import datetime
import re
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, index_option, run_of

_AGE = re.compile(r"(\d{1,6})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


class Time(click.ParamType):  # type: ignore[type-arg]  # click 8.2 takes none
    """A time as the API takes it, or an age such as ``2d``."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """RFC 3339."""
        if age := _AGE.fullmatch(value):
            hours = int(age[1]) * _HOURS[age[2]]
            now = datetime.datetime.now(datetime.UTC)
            try:
                then = now - datetime.timedelta(hours=hours)
            except OverflowError:
                self.fail(f"{value!r} is longer ago than there is time.", param, ctx)
            return then.strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            datetime.datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is no time; write 2026-01-31, 2026-01-31T12:00:00Z, 12h, 7d or 4w.",
                param,
                ctx,
            )
        return str(value)


@click.command(cls=Command)
@index_option
@click.option("--site", is_flag=True, help="What happened to the site: users, tokens, indexes.")
@click.option("--project", default="", help="Only of this project.")
@click.option("--version", default="", help="Only of this version.")
@click.option("--by", default="", help="Only what this user did.")
@click.option("--action", default="", help="Only what begins so, for example yank.")
@click.option("--since", type=Time(), help="A time, or how long ago: 12h, 7d, 4w.")
@click.option("--until", type=Time(), help="Up to that time.")
@click.option("-n", "--limit", type=click.IntRange(1), default=50, show_default=True, help="Lines.")
@run_of
def log(run: Run, index: str | None, site: bool, limit: int, **asked: Any) -> None:
    """Show the journal of an index, newest first."""
    where = ("log",) if site else ("indexes", run.index(index), "log")
    entries = list(run.client.pages("entries", *where, limit=limit, **asked))
    if run.json:
        output.emit({"entries": entries})
        return
    output.table(
        ("when (UTC)", "by", "action", "project", "version", "detail"),
        [
            (
                output.when(it["when"]),
                it["by"],
                it["action"],
                it["project"],
                it["version"],
                it["detail"],
            )
            for it in entries
        ],
    )
    if not entries:
        output.tell(run, "nothing found")
