"""Files for what runs mypi and for what stands in front of it, made for one installation.

Each text lies in ``texts``; ``{{word}}`` in it is replaced by what :class:`Place` knows.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mypi.errors import Refused

KINDS: Mapping[str, tuple[str, ...]] = {
    "nginx": ("nginx.conf",),
    "apache": ("apache.conf",),
    "systemd": ("mypi.service", "mypi.socket", "mypi@.service"),
    "docker": ("Dockerfile", "compose.yaml"),
    "cron": ("mypi.cron",),
    "wsgi": ("mypi.wsgi", "apache-wsgi.conf", "gunicorn.conf.py"),
}
"""What can be asked for -> names of the files that are made."""

FORM_ALLOWANCE = 2**20
"""Bytes of an upload beside its file, as in ``mypi.server.options``."""

_WORD = re.compile(r"\{\{(\w+)\}\}")
_PLAIN = re.compile(r"[\w@%+=:,./~-]+")
"""Characters that mean nothing special in any of the files."""


@dataclass(frozen=True)
class Place:
    """An installation: its ini file, the address people use, the data, and who runs it.

    ``url`` includes the prefix; ``ports`` are those of loopback on which mypi listens.  Raises
    Refused when one of them cannot be written into all of the files.  ``front`` is ``mypi.front``.
    """

    ini: Path
    url: str
    prefix: str = ""
    data: Path = Path("var")
    user: str = "mypi"
    ports: tuple[int, ...] = (6543,)
    max_upload: int = 2**30
    blobs: Path | None = None
    sendfile_prefix: str = "/mypi-blobs/"
    front: Path | None = None
    page_cache_control: str = "no-cache"
    programs: Path = field(default_factory=lambda: Path(sys.executable).parent)
    given: Mapping[str, str] = field(default_factory=dict)
    """Values of the ini file's ``[DEFAULT]`` that are given with each command."""

    def __post_init__(self) -> None:
        paths = (self.ini, self.data, self.programs, self.blobs or "", self.front or "")
        words = (self.url, self.prefix, self.user, self.sendfile_prefix)
        given = (*paths, *words, *self.given, *self.given.values())
        for text in map(str, filter(None, given)):
            if not _PLAIN.fullmatch(text):
                raise Refused(f"{text!r} has characters that such files do not take; rename it.")
        if not urlsplit(self.url).hostname:
            raise Refused(f"{self.url!r} is no address such as https://pypi.example.")

    def words(self) -> dict[str, str]:
        """What is known, by the words that the texts use."""
        prefix = "/" + self.prefix.strip("/") if self.prefix.strip("/") else ""
        ini, data = self.ini.absolute(), self.data.absolute()
        members = [f"127.0.0.1:{port}" for port in self.ports]
        return {
            "ini": str(ini),
            "folder": str(ini.parent),
            "url": self.url,
            "host": urlsplit(self.url).hostname or "",
            "prefix": prefix,
            "mount": prefix or "/",
            "prefix_line": f"url_prefix = {prefix}" if prefix else "(and no url_prefix)",
            "data": str(data),
            "blobs": str(self.blobs or data / "blobs"),
            "backup": f"{data}-backup",
            "user": self.user,
            "pserve": "".join(f" {name}={text}" for name, text in self.given.items()),
            "set": "".join(f" --set {name}={text}" for name, text in self.given.items()),
            "listen": members[0],
            "workers": str(len(members)),
            "body": str(self.max_upload + FORM_ALLOWANCE),
            "sendfile_prefix": self.sendfile_prefix,
            "front": str(self.front.absolute()) if self.front else "",
            "page_cache_control": self.page_cache_control,
            "programs": str(self.programs),
            "home": str(self.programs.parent),
            # An installation below /home would not be found otherwise.
            "protect_home": "read-only" if _at_home(ini, data, self.programs) else "true",
            "instances": " ".join(f"mypi@{port}" for port in self.ports),
            "nginx_servers": "\n".join(f"    server {it} max_fails=0;" for it in members),
            "nginx_locations": _nginx_locations(prefix),
            "apache_members": "\n".join(
                f'        BalancerMember "http://{it}" ttl=4 retry=0' for it in members
            ),
            "apache_locations": _apache_locations(prefix),
        }


def files(ini: Path, *, url: str, prefix: str, data: Path, user: str) -> dict[str, str]:
    """Every file for the installation of ``ini``: name -> text.  Raises Refused."""
    place = Place(ini, url, prefix, data, user)
    return {name: text for kind in KINDS for name, text in made(kind, place).items()}


def made(kind: str, place: Place) -> dict[str, str]:
    """The files of one of :data:`KINDS`, by name."""
    words = place.words()
    words["service"] = filled("service.part", words)
    words.update(_front(words))
    return {name: filled(name, words) + "\n" for name in KINDS[kind]}


def filled(name: str, words: Mapping[str, str]) -> str:
    """The text ``name`` with its words replaced."""
    text = (Path(__file__).parent / "texts" / f"{name}.txt").read_text("utf-8")
    return _WORD.sub(lambda found: words[found[1]], text).rstrip("\n")


def _front(words: Mapping[str, str]) -> dict[str, str]:
    """The parts of nginx's file that are about ``mypi.front``; empty ones without it."""
    if not words["front"]:
        return {"front_setting": "", "front_maps": "", "front_locations": ""}
    parts = {f"front_{kind}": filled(f"front-{kind}.part", words) for kind in ("page", "file")}
    parts["pattern"] = re.escape(words["prefix"])
    return {
        "front_setting": f"#   mypi.front = {words['front']}\n",
        "front_maps": filled("front-maps.part", words) + "\n\n",
        "front_locations": filled("front.part", {**words, **parts}) + "\n",
    }


def _at_home(*paths: Path) -> bool:
    return any(path.is_relative_to(home) for path in paths for home in ("/home", "/root"))


def _nginx_locations(prefix: str) -> str:
    if not prefix:
        return "    location / {\n        proxy_pass http://mypi;\n    }"
    return (
        f"    location = {prefix} {{\n        return 301 {prefix}/;\n    }}\n"
        f"    location {prefix}/ {{\n        proxy_pass http://mypi;\n    }}"
    )


def _apache_locations(prefix: str) -> str:
    passing = f'    ProxyPass "{prefix}/" "balancer://mypi{prefix}/" nocanon'
    if not prefix:
        return passing
    return f'    RedirectMatch permanent "^{re.escape(prefix)}$" "{prefix}/"\n{passing}'
