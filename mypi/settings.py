"""Settings: the ``mypi.*`` keys of the ini file, parsed and checked once at start.

One table (the fields of :class:`Settings`) says each key's type, default and meaning; the reference
page is generated from it.  Environment variables ``MYPI_...`` override the ini file.
"""

import dataclasses
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mypi.errors import CannotStart, MypiError
from mypi.names import check_index_name
from mypi.sizes import parse_size

PREFIX = "mypi."


def parse_int(text: str) -> int:
    """A whole number that is not negative."""
    if not text.strip().isdecimal():
        raise ValueError("a whole number is wanted")
    return int(text)


def parse_seconds(text: str) -> float:
    """A number of seconds, with a part after the point or without."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise ValueError("a number of seconds such as 0.5 is wanted")
    return seconds


def parse_bool(text: str) -> bool:
    """``true`` or ``false``."""
    if text.strip().lower() not in ("true", "false"):
        raise ValueError("true or false is wanted")
    return text.strip().lower() == "true"


def parse_words(text: str) -> tuple[str, ...]:
    """Words separated by spaces, commas or line ends."""
    return tuple(text.replace(",", " ").split())


def parse_index(text: str) -> str:
    """An index name, with or without its leading ``+``."""
    return check_index_name(text.strip().removeprefix("+"))


def parse_indexes(text: str) -> tuple[str, ...]:
    """Several index names."""
    return tuple(parse_index(word) for word in parse_words(text))


def parse_url(text: str) -> str:
    """The address of this server as users type it, without its last slash."""
    url = text.strip().rstrip("/")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ValueError("an address such as https://pypi.example is wanted")
    return url


def parse_choice(*words: str) -> Callable[[str], str]:
    """A parser that takes one of ``words``."""

    def parse(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError("one of " + ", ".join(words) + " is wanted")
        return text.strip().lower()

    return parse


def _setting(default: Any, parse: Callable[[str], Any], meaning: str) -> Any:
    return field(default=default, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; sizes are bytes, times are seconds."""

    data: str = _setting("var", str.strip, "Folder of the database, the archives and the spool.")
    title: str = _setting("mypi", str.strip, "Name of the site, shown on every page.")
    url: str = _setting(
        "",
        parse_url,
        "Address that people use, with its prefix if any, for the commands shown on pages. Empty: "
        "taken from the request.",
    )
    default_index: str = _setting("stable", parse_index, "Index behind the bare host.")
    indexes: tuple[str, ...] = _setting(
        ("stable", "incubator"),
        parse_indexes,
        "Indexes made at the first start. Those after the default index have it as their base.",
    )
    volatile: tuple[str, ...] = _setting(
        ("incubator",),
        parse_indexes,
        "Indexes, made at the first start, where a file may be replaced.",
    )
    open: bool = _setting(
        True,
        parse_bool,
        "Whoever reaches the server may read and publish, until there is a user or an htpasswd "
        "file. False: closed from the start.",
    )
    htpasswd: str = _setting(
        "",
        str.strip,
        "A file of users and passwords as Apache's htpasswd writes it; changes count at once.",
    )
    login_hours: int = _setting(
        12, parse_int, "Hours after which a browser that was not used has to log in again."
    )
    max_upload: int = _setting(
        2**30,
        parse_size,
        "Largest archive. Larger requests are answered 413 before their body is read.",
    )
    max_unpacked: int = _setting(16 * 2**30, parse_size, "Largest archive when unpacked.")
    max_members: int = _setting(100_000, parse_int, "Most members an archive may have.")
    max_ratio: int = _setting(
        50,
        parse_int,
        "Highest ratio of unpacked to packed size, for archives that unpack to 64 MiB.",
    )
    min_free: int = _setting(
        256 * 2**20,
        parse_size,
        "Uploads are answered 507 when less than this plus three times their size is free on disk.",
    )
    page_max_age: int = _setting(
        0, parse_int, "Seconds a cache may keep index pages without asking; 0 = always ask."
    )
    cache_bytes: int = _setting(
        64 * 2**20,
        parse_size,
        "Rendered pages kept in memory, per process; whole answers may take as much once more.",
    )
    sendfile: str = _setting(
        "none",
        parse_choice("none", "x-accel", "x-sendfile"),
        "Hand downloads over to the front server that trusted_proxy names: x-accel (nginx) or "
        "x-sendfile (Apache).",
    )
    sendfile_prefix: str = _setting(
        "/mypi-blobs/",
        str.strip,
        "The nginx location (internal) that is an alias of the blob folder.",
    )
    front: str = _setting(
        "",
        str.strip,
        "Folder, on the disk of the archives, where pages and archives that everyone may read are "
        "laid out for nginx to send by itself. Empty: none.",
    )
    hosts: tuple[str, ...] = _setting(
        (),
        parse_words,
        "Host names browsers may use to change things, besides mypi.url and localhost.",
    )
    attestations: str = _setting(
        "verified",
        parse_choice("verified", "any"),
        "Attestations to take: those whose signer sigstore vouches for, or any, marked as such.",
    )
    readme_images: str = _setting(
        "link",
        parse_choice("hide", "link", "load"),
        "Pictures from elsewhere in READMEs: left out, a link with their words, or loaded, which "
        "tells other servers the addresses of your readers. Those in the archive are always shown.",
    )
    statistics_days: int = _setting(
        400, parse_int, "Days that downloads are counted by day; older ones are kept by month."
    )
    metrics: str = _setting(
        "admins",
        parse_choice("admins", "open"),
        "Who may read /+metrics: administrators, with a login or a token, or whoever comes.",
    )
    slow: float = _setting(
        1.0, parse_seconds, "Seconds from which a request has a line in the log; 0 = never."
    )
    log: str = _setting(
        "text",
        parse_choice("text", "json"),
        "Lines of the log: as the ini file formats them, or one JSON object each.",
    )
    evolve: str = _setting(
        "auto",
        parse_choice("auto", "manual"),
        "Bring an older database up to date at start, or stop.",
    )

    @property
    def page_cache_control(self) -> str:
        """What caches are told of index pages."""
        return f"max-age={self.page_max_age}" if self.page_max_age else "no-cache"

    @classmethod
    def from_ini(
        cls, ini: Mapping[str, Any], environ: Mapping[str, str] | None = None
    ) -> "Settings":
        """Parse the ``mypi.*`` keys of ``ini``; raise CannotStart naming the key that is wrong."""
        fields = {PREFIX + f.name: f for f in dataclasses.fields(cls)}
        given = {key: str(text) for key, text in ini.items() if key.startswith(PREFIX)}
        for key in given:
            if key not in fields:
                near = difflib.get_close_matches(key, fields, n=1, cutoff=0)[0]
                raise CannotStart(f"Unknown setting {key}; the nearest known one is {near}.")
        for key in fields:
            name = environment_name(key)
            if environ and name in environ:
                given[key] = environ[name]
        settings = cls(**{fields[k].name: _parsed(k, fields[k], text) for k, text in given.items()})
        if settings.default_index not in settings.indexes:
            raise CannotStart(
                f"{PREFIX}default_index: {settings.default_index!r} is not among "
                f"{PREFIX}indexes ({', '.join(settings.indexes)}); add it there."
            )
        return settings


def environment_name(key: str) -> str:
    """``mypi.max_upload`` -> ``MYPI_MAX_UPLOAD``."""
    return key.upper().replace(".", "_")


def _parsed(key: str, fieldinfo: "dataclasses.Field[Any]", text: str) -> Any:
    try:
        return fieldinfo.metadata["parse"](text)
    except (ValueError, MypiError) as error:
        raise CannotStart(f"{key} = {text}: {error}.") from None
