"""Which index is meant, and the way to one on a server somewhere; ``local`` has the other ways."""

import os
import sys
from urllib.parse import urlsplit

import click

from mypi.cli.client import Client
from mypi.cli.options import Run
from mypi.cli.output import USAGE, Failure, tell


def reach(run: Run) -> Client:
    """The index that the options name, else the environment, else the ini file of this folder."""
    if run.server and run.config:
        raise Failure("-s and -c exclude each other; name one index.", USAGE)
    server = run.server or (not run.config and os.environ.get("MYPI_SERVER"))
    if server:
        client = remote(run, server)
    else:
        from mypi.cli.local import local

        client = local(run)
    if run.verbose:
        tell(run, f"mypi: speaking to {client.where}")
    return client


def remote(run: Run, url: str) -> Client:
    """The server at ``url``, with a password or a token if one is at hand."""
    import httpx

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failure(f"{url!r} is not the address of a server.", USAGE, "-s https://pypi.example")
    if parts.username or parts.password:
        raise Failure("A login does not belong into an address.", USAGE, "-u NAME")
    token = os.environ.get("MYPI_TOKEN", "")
    headers = agent()
    auth = None
    if run.user:
        auth = (run.user, _password(run.user))
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    http = httpx.Client(base_url=url.rstrip("/"), headers=headers, auth=auth)
    return Client(http, url, http.close)


def agent() -> dict[str, str]:
    """The header that tells the journal which client it was."""
    import importlib.metadata

    return {"User-Agent": f"mypi/{importlib.metadata.version('mypi')}"}


def _password(user: str) -> str:
    """The password to log in with: from the environment, or typed."""
    password = os.environ.get("MYPI_PASSWORD", "")
    if password:
        return password
    if not sys.stdin.isatty():
        raise Failure(
            "Nobody is there to type a password.", USAGE, "put it into the variable MYPI_PASSWORD"
        )
    typed: str = click.prompt(f"Password of {user}", hide_input=True, err=True)
    return typed
