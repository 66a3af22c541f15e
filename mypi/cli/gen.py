"""``mypi config gen``: files for what runs mypi, what stands in front of it, and who uses it."""

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import click

from mypi.cli import output
from mypi.cli.generating import KINDS
from mypi.cli.options import Command, Run, index_option, run_of
from mypi.cli.output import NOT_FOUND, REFUSED, UNUSABLE, USAGE, Failure
from mypi.cli.tools import TOOLS

if TYPE_CHECKING:
    from mypi.cli.generating import Place

EXAMPLE = "https://pypi.example"


@click.command(cls=Command)
@click.argument("kind", type=click.Choice([*KINDS, *TOOLS]))
@click.option("--into", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Write files into this folder; without it they are printed.")  # fmt: skip
@click.option("--url", metavar="URL", default="",
              help="The address that people use; without it, mypi.url.")  # fmt: skip
@click.option("--as", "user", metavar="USER", default="",
              help="Who runs mypi; without it, the owner of the data.")  # fmt: skip
@click.option("--port", "ports", metavar="PORT", type=click.IntRange(1, 65535), multiple=True,
              help="Where mypi listens, once for each process; without it, as the ini file says.",
              )  # fmt: skip
@click.option("--login", is_flag=True, help="For tools: installing needs a login as well.")
@index_option
@run_of
def gen(
    run: Run,
    kind: str,
    into: Path | None,
    url: str,
    user: str,
    ports: tuple[int, ...],
    login: bool,
    index: str | None,
) -> None:
    """Make files: KIND is nginx, apache, systemd, docker, cron or wsgi for this installation.

    They hold what the ini file says.  The comments in them tell where they go, and what the ini
    file has to say then.  Nothing is overwritten.

    Or KIND is a tool of who uses the index: pip, pypirc, uv or poetry.  With -s URL no ini file is
    needed.  Where a token is wanted, the file says YOUR-TOKEN.
    """
    from mypi.cli.generating import made
    from mypi.errors import CannotStart, Refused

    try:
        if kind in TOOLS:
            found = _for_tool(run, kind, url, (index or "").removeprefix("+"), login)
        else:
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


def _for_tool(run: Run, kind: str, url: str, index: str, login: bool) -> dict[str, str]:
    """The file of a tool; tells where it goes.  Raises CannotStart and Refused."""
    from mypi.cli import tools
    from mypi.cli.local import ini_of, read_settings
    from mypi.settings import Settings

    url = url or run.server
    if not url:
        settings = Settings.from_ini(read_settings(ini_of(run), run.given), os.environ)
        url = settings.url or _example(run)
        index = "" if index == settings.default_index else index
    found = tools.made(kind, url, index, has_login=login)
    if index:
        _check_index(run, index)
    output.tell(run, f"{found.name}: {found.note}")
    return {found.name: found.text}


def _check_index(run: Run, name: str) -> None:
    """Refuse an index that is not there; where nobody can be asked, say so and go on."""
    try:
        if not run.server:
            _demand_database(run)
        run.client.get("indexes", name)
    except Failure as failure:
        if failure.code == NOT_FOUND:
            raise
        output.tell(run, f"mypi: whether there is an index {name} was not checked: {failure}")


def _demand_database(run: Run) -> None:
    """Raise Failure where to ask would make a new database."""
    from mypi.cli.local import data_file, ini_of, read_settings
    from mypi.errors import CannotStart

    try:
        data = data_file(read_settings(ini_of(run), run.given))
    except CannotStart as error:
        raise Failure(str(error), UNUSABLE) from None
    if data is not None and not data.exists():
        raise Failure(f"{data} is not made yet.", UNUSABLE)


def _example(run: Run) -> str:
    output.tell(run, f"mypi: mypi.url is not set, so the files say {EXAMPLE}; or add --url")
    return EXAMPLE


def place(run: Run, url: str, user: str, ports: tuple[int, ...]) -> "Place":
    """What the ini file, else the arguments, say of this installation.  Raises CannotStart."""
    from mypi.cli.generating import Place
    from mypi.cli.local import ini_of, read_settings, uri_of
    from mypi.settings import Settings

    ini = ini_of(run)
    app = read_settings(ini, run.given)
    settings = Settings.from_ini(app, os.environ)
    server = _server(ini, run)
    url = (url or settings.url).rstrip("/") or _example(run)
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
        page_cache_control=settings.page_cache_control,
        given=run.given,
    )


def _server(ini: str, run: Run) -> dict[str, Any]:
    """The keys of ``[server:main]``, if there is such a section."""
    from mypi.cli.loading import loader

    try:
        return dict(loader(ini).get_settings("server:main", run.given))
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
