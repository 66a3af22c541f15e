"""``mypi init``: from nothing to an index that only has to be started."""

import contextlib
import shlex
from pathlib import Path

import click

from mypi.cli import output
from mypi.cli.making import DEPLOY, INI, PORT, around, ini_text, write
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import UNUSABLE, Failure


def _url(ctx: click.Context, param: click.Parameter, value: str) -> str:
    from mypi.settings import parse_url

    try:
        return parse_url(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {error}.") from None


@click.command(cls=Command)
@click.argument("folder", metavar="[DIR]", default=".",
                type=click.Path(file_okay=False, path_type=Path))  # fmt: skip
@click.option("--url", metavar="URL", default="", callback=_url,
              help="The address that people will use, with its prefix if any.")  # fmt: skip
@click.option("--data", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Where the data is; without it, var beside the ini file.")  # fmt: skip
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True,
              help="Where mypi listens, on this machine alone.")  # fmt: skip
@click.option("--as", "user", metavar="USER", default="mypi", show_default=True,
              help="Who will run it, for the files of systemd and cron.")  # fmt: skip
@click.option("--no-deploy", is_flag=True, help="No files for nginx, systemd and so on.")
@run_of
def init(
    run: Run, folder: Path, url: str, data: Path | None, port: int, user: str, no_deploy: bool
) -> None:
    """Make a new index in DIR: its ini file and its database.

    The ini file has every setting, with its meaning, as a comment.  Below deploy/ are files for
    nginx, Apache, systemd, containers and cron, as `mypi config gen` makes them.  Nothing is
    overwritten.
    """
    folder = folder.absolute()
    where = data.absolute() if data else folder / "var"
    text = ini_text(
        folder,
        str(where).replace("%", "%%") if data else "%(here)s/var",
        port,
        {"url": url} if url else {},
    )
    texts = {INI: text}
    if not no_deploy:
        texts |= around(folder / INI, where, url, user)
    write(folder, texts)
    with contextlib.suppress(OSError):  # whoever opens it tells that better
        # The key of all logins is in it; the group is for a front server that sends archives.
        where.mkdir(mode=0o750, parents=True, exist_ok=True)
    database = make_database(run, folder / INI)
    if run.json:
        output.emit({"ini": str(folder / INI), "database": database, "files": sorted(texts)})
        return
    said = {"ini file": str(folder / INI), "database": database}
    if not no_deploy:
        said["to run it"] = f"{folder / DEPLOY} ({output.plural(len(texts) - 1, 'file')})"
    output.record(said)
    click.echo("\nNext:")
    click.echo(f"  mypi serve {shlex.quote(str(folder))}")
    click.echo(f"  mypi -c {shlex.quote(str(folder / INI))} user add YOUR-NAME")


def make_database(run: Run, ini: Path) -> str:
    """Open the database of ``ini``, which makes it; its place in words.  Raises Failure."""
    from mypi.cli.local import opened, read_settings
    from mypi.errors import CannotStart

    settings = read_settings(str(ini), {})
    try:
        client = opened(Run(quiet=True), settings)
    except CannotStart as error:
        raise Failure(f"{ini}: {error}", UNUSABLE, f"mypi -c {ini} config check") from None
    client.close()
    return client.where
