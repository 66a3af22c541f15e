"""Where things are: links below the application's own path, and the URL that people type.

Links are paths, right behind any proxy.  Only commands that are to be copied carry the whole URL.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from mypi.names import FIXED_WORDS, normalise
from mypi.web.resources import Door

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?\Z")


@dataclass(frozen=True)
class Addresses:
    """The addresses of one index as seen by one request.

    ``root`` is the path of the application without its last slash, ``site`` the URL of it;
    ``index`` is the index's part of the path: empty, or ``/+incubator``.
    """

    root: str
    site: str
    index: str = ""

    @property
    def home(self) -> str:
        """The page of the index."""
        return f"{self.root}{self.index}/"

    @property
    def simple(self) -> str:
        """The list of all projects, for installers."""
        return f"{self.home}simple/"

    @property
    def admin(self) -> str:
        """The pages to manage indexes, users and tokens."""
        return f"{self.root}/+admin/"

    @property
    def account(self) -> str:
        """The page of who is logged in."""
        return f"{self.root}/+account"

    @property
    def url(self) -> str:
        """The index URL that goes into commands; never ends in a slash for the default index."""
        return f"{self.site}{self.index}/" if self.index else self.site

    def project(self, name: str) -> str:
        """The page of a project; a kept word hides it, and leaves the installer's page."""
        normal = normalise(name)
        return self.links(normal) if normal in FIXED_WORDS else f"{self.home}{normal}/"

    def release(self, name: str, version: str) -> str:
        """The page of a release."""
        return f"{self.project(name)}{quote(version)}/"

    def links(self, name: str) -> str:
        """The installer's page of a project."""
        return f"{self.simple}{normalise(name)}/"

    def managing(self, index: str) -> str:
        """The page to manage an index."""
        return f"{self.admin}indexes/{index}/"

    def history(self, name: str) -> str:
        """All releases of a project."""
        return f"{self.project(name)}+history"

    def used_by(self, name: str) -> str:
        """The projects here that need a project."""
        return f"{self.project(name)}+used-by"

    def statistics(self, name: str = "") -> str:
        """The downloads of a project, or of the index."""
        return f"{self.project(name) if name else self.home}+stats"

    def comparison(self, name: str, version: str, other: str) -> str:
        """What ``version`` has that ``other`` had not."""
        return f"{self.release(name, version)}+diff/{quote(other)}"

    def file_page(self, name: str, version: str, filename: str) -> str:
        """The page about an archive."""
        return f"{self.release(name, version)}{quote(filename)}"

    def contents(self, name: str, version: str, filename: str, member: str = "") -> str:
        """What is inside an archive, or one member of it."""
        return f"{self.file_page(name, version, filename)}/+contents/{quote(member)}"

    def docs(self, name: str, version: str = "") -> str:
        """The documentation of a project, or of one release."""
        return f"{self.home}docs/{normalise(name)}/" + (f"{quote(version)}/" if version else "")

    def docs_reading(self, name: str, version: str = "") -> str:
        """The same below a bar with the versions."""
        return f"{self.docs(name)}+read/" + (f"{quote(version)}/" if version else "")

    def search(self, query: str = "") -> str:
        """The page to search the index, or what it finds."""
        return f"{self.home}+search" + (f"?q={quoted(query)}" if query else "")

    @property
    def opensearch(self) -> str:
        """How browsers search the index from their address bar."""
        return f"{self.home}+opensearch"

    @property
    def projects(self) -> str:
        """The list of all projects, for people."""
        return f"{self.home}+projects"

    @property
    def upload(self) -> str:
        """The page to upload files."""
        return f"{self.home}+upload"

    @property
    def setup(self) -> str:
        """The page with configuration for every tool."""
        return f"{self.home}+setup"

    @property
    def feeds(self) -> str:
        """The list of feeds."""
        return f"{self.home}+feeds/"

    def file(self, owner: str, name: str, filename: str) -> str:
        """An archive of the index ``owner``."""
        return f"{self.root}/packages/{owner}/{normalise(name)}/{quote(filename)}"


def of(context: Door, request: Any) -> Addresses:
    """The addresses of the index that ``context`` was reached through."""
    return of_index(request, context.index.name)


def of_index(request: Any, name: str) -> Addresses:
    """The addresses of the index ``name``."""
    default = request.registry.mypi.default_index
    return Addresses(root(request), site_url(request), "" if name == default else f"/+{name}")


def root(request: Any) -> str:
    """The path under which the application is mounted, quoted, without its last slash."""
    return quote(request.environ.get("SCRIPT_NAME", "")).rstrip("/")


def site_url(request: Any) -> str:
    """The URL of the site as people type it: the setting, or what this request used."""
    url: str = request.registry.mypi.url
    if url:
        return url
    # Commands are pasted into shells: a made-up Host must not get there.
    host = request.host if _HOST.match(request.host) else "localhost"
    host = host.removesuffix(":443" if request.scheme == "https" else ":80")
    return f"{request.scheme}://{host}{root(request)}"


def quoted(text: str) -> str:
    """``text`` as a part of a path or of a query."""
    return quote(text, safe="")


def is_loopback(url: str) -> bool:
    """Whether only this very machine can reach ``url``."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def untrusted_host(url: str) -> str:
    """The host that pip must be told to trust (plain http beyond loopback), else nothing."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme == "http" and not is_loopback(url) else ""
