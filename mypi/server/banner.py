"""The lines shown when the server starts: where it is, and the two commands people need first."""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import urlsplit

WARNING = "WARNING"


@dataclass(frozen=True)
class Facts:
    """What the banner says.  Empty or None: not known, and left out.

    The first of ``urls`` is the one used in commands.  ``open``: anybody may read and upload.
    """

    version: str
    urls: Sequence[str]
    storage: str = ""
    projects: int | None = None
    files: int | None = None
    open: bool | None = None
    beyond_loopback: bool = False


def lines(facts: Facts) -> list[str]:
    """The banner, line by line; eight lines, or nine with a warning, when all is known."""
    shown = [f"mypi {facts.version}".rstrip()]
    if facts.urls:
        shown.append(f"  address   {'  '.join(facts.urls)}")
        shown += _commands(facts.urls[0], anonymous=bool(facts.open))
    if facts.storage:
        shown.append(f"  storage   {facts.storage}{_contents(facts)}")
    if facts.open is not None:
        shown.append(f"  access    {_access(facts.open)}")
    if facts.open and facts.beyond_loopback:
        shown.append(
            f"  {WARNING}   other machines can reach this address and nobody is asked for a "
            "password: listen on 127.0.0.1, or put a login in front"
        )
    shown.append("  Ctrl-C stops")
    return shown


def show(facts: Facts, stream: TextIO) -> None:
    """Write the banner, its warning in red on a terminal (unless ``NO_COLOR`` is set)."""
    red = stream.isatty() and not os.environ.get("NO_COLOR")
    for line in lines(facts):
        stream.write(f"\x1b[31m{line}\x1b[0m\n" if red and WARNING in line else f"{line}\n")
    stream.flush()


def url_of(host: str, port: str) -> str:
    """The address to type for a listener; a wildcard is reached as localhost from here."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    return f"http://{host}/" if port == "80" else f"http://{host}:{port}/"


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address) means this machine only."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _commands(url: str, *, anonymous: bool) -> list[str]:
    index = f"{url}simple/"
    account = " -u '' -p ''" if anonymous else ""
    parts = urlsplit(url)
    host = parts.hostname or ""
    # pip refuses plain http from other machines unless told that the host is trusted.
    trust = f" --trusted-host {host}" if parts.scheme == "http" and not is_loopback(host) else ""
    return [
        f"  index     {index}",
        f"  publish   twine upload --repository-url {url}{account} dist/*",
        f"  install   pip install -i {index}{trust} yourpackage",
    ]


def _contents(facts: Facts) -> str:
    counts = [
        f"{number} {noun}" if number != 1 else f"1 {noun.removesuffix('s')}"
        for number, noun in ((facts.projects, "projects"), (facts.files, "files"))
        if number is not None
    ]
    return f" ({', '.join(counts)})" if counts else ""


def _access(is_open: bool) -> str:
    if is_open:
        return "open: anybody who reaches this address may read and upload"
    return "accounts: reading and uploading as each index permits"
