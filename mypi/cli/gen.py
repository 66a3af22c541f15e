"""``mypi config gen``: files for what runs mypi and for what stands in front of it."""

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import click

from mypi.cli import output
from mypi.cli.generating import KINDS
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import REFUSED, UNUSABLE, USAGE, Failure

if TYPE_CHECKING:
    from mypi.cli.generating import Place

EXAMPLE = "https://pypi.example"


@click.command(cls=Command)
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--into", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Write files into this folder; without it they are printed.")  # fmt: skip
@click.option("--url", metavar="URL", default="",
              help="The address that people use; without it, mypi.url.")  # fmt: skip
@click.option("--as", "user", metavar="USER", default="",
              help="Who runs mypi; without it, the owner of the data.")  # fmt: skip
@click.option("--port", "ports", metavar="PORT", type=click.IntRange(1, 65535), multiple=True,
              help="Where mypi listens, once for each process; without it, as the ini file says.",
              )  # fmt: skip
@run_of
def gen(
    run: Run, kind: str, into: Path | None, url: str, user: str, ports: tuple[int, ...]
) -> None:
    """Make files for this installation: KIND is nginx, apache, systemd, docker, cron or wsgi.

    They hold what the ini file says.  The comments in them tell where they go, and what the ini
    file has to say then.  Nothing is overwritten.
    """
    from mypi.cli.generating import made
    from mypi.errors import CannotStart, Refused

    try:
        found = made(kind, place(run, url, user, ports))
    except CannotStart as error:
        raise Failure(str(error), UNUSABLE) from None
    except Refused as error:
        raise Failure(str(error), USAGE) from None
    if into is not None:
        _write(run, into, found)
    if run.json:
        output.emit(found)
    elif into is None:
        for name, text in found.items():
            if len(found) > 1:
                click.echo(f"##### {name}")
            click.echo(text)


def place(run: Run, url: str, user: str, ports: tuple[int, ...]) -> "Place":
    """What the ini file, else the arguments, say of this installation.  Raises CannotStart."""
    from mypi.cli.generating import Place
    from mypi.cli.local import ini_of, read_settings, uri_of
    from mypi.settings import Settings

    ini = ini_of(run)
    app = read_settings(ini, run.given)
    settings = Settings.from_ini(app, os.environ)
    server = _server(ini, run)
    url = (url or settings.url).rstrip("/")
    if not url:
        output.tell(run, f"mypi: mypi.url is not set, so the files say {EXAMPLE}; or add --url")
        url = EXAMPLE
    data = Path(settings.data).absolute()
    query = parse_qs(urlsplit(uri_of(app)).query)
    folder = query.get("blob_dir") or query.get("blobstorage_dir") or [str(data / "blobs")]
    return Place(
        Path(ini),
        url=url,
        prefix=server.get("url_prefix") or urlsplit(url).path,
        data=data,
        user=user or _owner(data),
        ports=ports or (_port(server),),
        max_upload=settings.max_upload,
        blobs=Path(folder[0]),
        sendfile_prefix=settings.sendfile_prefix,
        front=Path(settings.front) if settings.front else None,
        default_index=settings.default_index,
        page_cache_control=settings.page_cache_control,
        given=run.given,
    )


def _server(ini: str, run: Run) -> dict[str, Any]:
    """The keys of ``[server:main]``, if there is such a section."""
    import plaster

    try:
        return dict(plaster.get_settings(ini, "server:main", run.given))
    except LookupError:
        return {}


def _port(server: dict[str, Any]) -> int:
    text = str(server.get("port", 6543))
    if not text.isdecimal():
        raise Failure(f"[server:main] port = {text}: a number is wanted.", UNUSABLE)
    return int(text)


def _owner(data: Path) -> str:
    """Who owns the data, or will; ``mypi`` in place of root."""
    try:
        number = data.stat().st_uid
    except OSError:
        number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name if number else "mypi"
    except KeyError:
        return "mypi"


def _write(run: Run, folder: Path, found: dict[str, str]) -> None:
    taken = [name for name in found if (folder / name).exists()]
    if taken:
        raise Failure(
            f"{folder} has {output.plural(len(taken), 'file')} of these already: "
            f"{', '.join(taken)}. Nothing was written.",
            REFUSED,
            "another folder, or without --into",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
            output.tell(run, f"wrote {folder / name}")
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror}.", UNUSABLE) from None
