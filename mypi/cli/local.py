"""The index on this machine: its database opened here, or the server that has it open.

Who may write the database may do everything: either way the command line comes as the operator.
"""

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from mypi.cli.client import API, Client
from mypi.cli.options import Run
from mypi.cli.output import UNUSABLE, Failure, log_to_stderr, tell
from mypi.cli.reach import agent
from mypi.errors import CannotStart, InUse
from mypi.permissions import OPERATOR

INI_FILES = ("production.ini", "development.ini")
PATIENCE = 5.0
"""Seconds to wait for who holds the database: another command, a server that starts or stops."""
PAUSE = 0.1
FOLLOWING = ("/search", "/reindex", "/promotions")
"""Ends of addresses that need the catalogue up to date; there is no thread that sees to it here."""


def local(run: Run) -> Client:
    """The index of the ini file; raises Failure when neither way is open."""
    ini = ini_of(run)
    settings = read_settings(ini, run.given)
    log_to_stderr(run)
    data = None
    try:
        data = data_file(settings)
        if data is not None and os.geteuid() == 0 and _as_owner(data):
            return _only_asked(run, data)
        return _opened_or_asked(run, settings)
    except CannotStart as error:
        is_forbidden = isinstance(error.__cause__, PermissionError)
        hint = _as_owner(data) or _as_owner(data.parent) if data and is_forbidden else ""
        raise Failure(f"{ini}: {error}", UNUSABLE, hint) from None


def _opened_or_asked(run: Run, settings: dict[str, Any]) -> Client:
    """The database, or the server that has it; waits a little for anybody else who has."""
    deadline = time.monotonic() + PATIENCE
    told = False
    while True:
        try:
            return opened(run, settings)
        except InUse as error:
            folder, holder = Path(error.folder), error.holder
        found = server_of(run, folder)
        if isinstance(found, Client):
            return found
        if time.monotonic() > deadline:
            raise Failure(
                f"The data in {folder} is in use by another program{holder}, and {found}.",
                UNUSABLE,
                _as_owner(folder) or "mypi -s URL, with the address of that server",
            )
        if not told:
            tell(run, f"mypi: waiting for {folder}, in use by another program{holder}")
            told = True
        time.sleep(PAUSE)


def _only_asked(run: Run, data: Path) -> Client:
    """The server.  What root adds to another user's database, that user's server cannot read."""
    found = server_of(run, data.parent)
    if isinstance(found, Client):
        return found
    raise Failure(
        f"{data} is not root's, and its server could not read what root adds to it.",
        UNUSABLE,
        _as_owner(data),
    )


def read_settings(ini: str, given: dict[str, str]) -> dict[str, Any]:
    """The application's settings in ``ini`` as pserve reads them, with ``given`` values.

    From then on the environment says nothing of those.
    """
    import configparser

    import plaster

    from mypi.cli.given import check_names, overrule
    from mypi.cli.loading import loader

    try:
        settings = dict(loader(ini).get_wsgi_app_settings(None, given))
        check_names(ini, given)
        overrule(ini, given, settings)
    except FileNotFoundError:
        raise Failure(f"There is no {ini}.", UNUSABLE, "name the ini file: -c INI") from None
    except plaster.exceptions.LoaderNotFound:
        raise Failure(f"{ini} is no ini file.", UNUSABLE, "name the ini file: -c INI") from None
    except (OSError, LookupError, ImportError, ValueError, configparser.Error) as error:
        reason = str(error).rstrip(".")
        raise Failure(f"{ini} cannot be read: {reason}.", UNUSABLE) from None
    includes = str(settings.get("pyramid.includes", "")).split()
    settings["pyramid.includes"] = " ".join(
        # For browsers; here it would only take time.
        name
        for name in includes
        if name != "pyramid_debugtoolbar"
    )
    return settings


def server_of(run: Run, folder: Path) -> Client | str:
    """The server that says in ``folder`` where it is; or why it cannot be asked, in words."""
    import httpx

    from mypi.server import whereabouts

    try:
        here = whereabouts.read(folder)
    except PermissionError:
        return f"its {whereabouts.FILE} there may be read by its owner only"
    if here is None:
        return f"there is no {whereabouts.FILE} that says where it answers"
    http = httpx.Client(
        base_url=here.url,
        headers={**agent(), "Authorization": f"Bearer {here.key}"},
        transport=httpx.HTTPTransport(uds=here.socket or None),
        trust_env=False,
    )
    client = Client(http, here.socket or here.url, http.close)
    if not _knows_us(client):  # stopped meanwhile, or that port is another server's now
        client.close()
        return f"{client.where}, named in {whereabouts.FILE} there, does not answer to the key"
    tell(run, f"mypi: the server at {client.where} has the database open; asking it")
    return client


def _knows_us(client: Client) -> bool:
    import httpx

    try:
        answer = client.http.get(API + "whoami", timeout=PATIENCE)
        return bool(answer.json()["name"] == OPERATOR)
    except (httpx.TransportError, ValueError, KeyError, TypeError):
        return False


def opened(run: Run, settings: dict[str, Any]) -> Client:
    """The application itself, called without a server.  Raises CannotStart."""
    import httpx

    from mypi import make_app

    data = data_file(settings)
    is_new = data is not None and not os.path.exists(data)
    app = make_app(dict(settings), doors="mypi.web.for_commands")
    if is_new:
        tell(run, f"mypi: made a new database, {data}")
    transport = httpx.WSGITransport(by_operator(app))
    http = httpx.Client(base_url="http://localhost", transport=transport, headers=agent())

    def close() -> None:
        http.close()
        app.registry.database.close()

    return Client(http, str(data or "the database"), close)


def by_operator(app: Any) -> Any:
    """``app`` as the operator calls it."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ["mypi.operator"] = True
        if environ["PATH_INFO"].endswith(FOLLOWING):
            app.registry.background.run_once()
        # httpx leaves it as text; PEP 3333 wants bytes that pretend to be Latin-1.
        environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")
        return app(environ, start_response)

    return call


def uri_of(settings: dict[str, Any]) -> str:
    """The address of the database.  Raises CannotStart."""
    from mypi.model.uris import complete
    from mypi.settings import Settings

    data = Settings.from_ini(settings, os.environ).data
    return complete(settings.get("zodbconn.uri"), data)


def database_of(run: Run, uri: str = "") -> str:
    """The address of the database that the ini file names, which need not exist.

    Or of another one, if the ini file said ``uri``.
    """
    ini = ini_of(run)
    try:
        settings = read_settings(ini, run.given)
        return uri_of({**settings, "zodbconn.uri": uri} if uri else settings)
    except CannotStart as error:
        raise Failure(f"{ini}: {error}", UNUSABLE) from None


def data_file(settings: dict[str, Any]) -> Path | None:
    """The database's file; None when it is elsewhere than in a file.  Raises CannotStart."""
    from mypi.model.storage import parse_file_uri

    uri = uri_of(settings)
    return parse_file_uri(uri)[0] if uri.startswith("file://") else None


def ini_of(run: Run) -> str:
    """The ini file that is meant; raises Failure when there is none to be found."""
    return run.config or os.environ.get("MYPI_CONFIG", "") or _ini_here()


def _ini_here() -> str:
    for name in INI_FILES:
        if Path(name).exists():
            return name
    raise Failure(
        f"There is neither {' nor '.join(INI_FILES)} here, and no server is named.",
        UNUSABLE,
        "mypi -c /path/to/production.ini, or mypi -s https://pypi.example",
    )


def _as_owner(path: Path) -> str:
    """This very command as the owner of ``path`` would give it; empty if that is us, or nobody."""
    import pwd

    try:
        owner = path.stat().st_uid
    except OSError:
        return ""
    if owner == os.geteuid():
        return ""
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"'#{owner}'"
    return f"sudo -u {name} {shlex.join(['mypi', *sys.argv[1:]])}"
