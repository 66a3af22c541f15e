"""Parts of the reference that are read from the code, so that they cannot drift away from it.

``conf.py`` calls :func:`write_all` before Sphinx reads the pages, which include what it wrote.
"""

import dataclasses
import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import events
import exportformat
import journal
import policy
from commands import commands
from markup import shown, table

from mypi import names
from mypi.server import options
from mypi.settings import PREFIX, Settings, environment_name
from mypi.sizes import parse_size
from mypi.web.api import OPERATIONS

HERE = Path(__file__).parent

SERVER_MEANINGS = {
    "threads": "Requests answered at the same time.",
    "connection_limit": (
        "Connections held at the same time; lowered at start, with a line in the log, where "
        "``ulimit -n`` does not allow twice as many open files."
    ),
    "asyncore_use_poll": "Watch connections with poll instead of select.",
    "channel_timeout": "Seconds after which a silent connection is closed.",
    "cleanup_interval": "Seconds between two looks for such connections.",
    "channel_request_lookahead": "Requests of one connection read ahead of their turn.",
    "max_request_header_size": "Largest request head.",
    "expose_tracebacks": "Show errors of the program to clients.",
    "ident": "Text of the Server header; empty sends none.",
    "recv_bytes": "Bytes read from a connection at a time.",
    "header_timeout": (
        "Seconds a client has for the head of its request, even while bytes trickle in."
    ),
    "stop_timeout": "Seconds that running requests may go on after SIGTERM or Ctrl-C.",
    "stop_idle": (
        "Seconds that idle connections are kept then, for a request that is on its way; 6 if "
        "``trusted_proxy`` is set."
    ),
    "linger_timeout": "Seconds a refused client may go on sending before it is cut off.",
    "linger_bytes": "Bytes a refused client may go on sending before it is cut off.",
}

LIMITS = (
    ("Names", "mypi.names:MAX_PROJECT_NAME", "Characters of a project name."),
    ("Names", "mypi.filenames:MAX_LENGTH", "Characters of a file name."),
    ("The form", "mypi.web.upload.reader:MAX_FIELDS", "Parts of one form."),
    ("The form", "mypi.web.upload.reader:MAX_FIELD", "Bytes of one field."),
    ("The form", "mypi.web.upload.reader:MAX_TEXT", "Bytes of all fields together."),
    ("The form", "mypi.web.upload.reader:MAX_SIGNATURE", "Bytes of a GPG signature."),
    (
        "The form",
        "mypi.web.upload.reader:MAX_LF_BODY",
        "Bytes of a form with bare LF line ends, as old tools send it.",
    ),
    (
        "The form",
        "mypi.web.upload.arriving:TEXT_TOGETHER",
        "Bytes of fields in all large forms that have not ended.",
    ),
    ("The form", "mypi.services.attestations:MAX_TEXT", "Characters of its attestations."),
    ("The form", "mypi.services.attestations:MAX_COUNT", "Attestations of one file."),
    ("Metadata", "mypi.archives.limits:Limits.max_metadata", "Bytes of METADATA or PKG-INFO."),
    ("Metadata", "mypi.metadata.checks:MAX_SUMMARY", "Characters of the summary."),
    ("Metadata", "mypi.metadata.checks:MAX_SPECIFIER", "Characters of Requires-Python."),
    ("Metadata", "mypi.metadata.checks:MAX_TEXT", "Characters of any other field."),
    ("Metadata", "mypi.metadata.checks:MAX_LICENSE", "Characters of the licence."),
    ("Metadata", "mypi.metadata.checks:MAX_ITEMS", "Entries of a field that may be repeated."),
    ("Metadata", "mypi.metadata.checks:MAX_DESCRIPTION", "Bytes of the description."),
    (
        "Archives",
        "mypi.archives.limits:RATIO_COUNTS_FROM",
        "Unpacked bytes from which ``mypi.max_ratio`` counts.",
    ),
    ("Archives", "mypi.archives.members:MAX_NAME", "Bytes of a member's name."),
    ("Archives", "mypi.archives.tars:MAX_HEADER", "Bytes of one long header in a tar archive."),
    ("Archives", "mypi.archives.wheels:MAX_RECORD", "Bytes of a wheel's RECORD."),
    ("Archives", "mypi.archives.wheels:MAX_SMALL", "Bytes of WHEEL and of entry_points.txt."),
    ("Pages", "mypi.web.readmes.unrendered:MAX_SOURCE", "Characters of a README that is rendered."),
    ("Pages", "mypi.web.pages.home:MAX_NAMES", "Projects named on the home page."),
    ("Pages", "mypi.web.pages.filetable:MAX_FILES", "Files of a release that its page lists."),
    ("Pages", "mypi.web.pages.history:PAGE", "Releases on one page of a history."),
    (
        "Pages",
        "mypi.web.pages.dependencies:MAX_LOOKED_AT",
        "Requirements whose project is looked up for the page of dependencies.",
    ),
    ("Pages", "mypi.web.upload.many:MAX_FILES", "Files that a browser's form may send at once."),
    (
        "Looking inside",
        "mypi.archives.reading:MAX_MEMBERS",
        "Members of an archive that are listed.",
    ),
    (
        "Looking inside",
        "mypi.archives.reading:MAX_UNPACKED",
        "Unpacked bytes of a tar archive that are read for a page.",
    ),
    (
        "Looking inside",
        "mypi.web.archive.member:MAX_TEXT",
        "Bytes of a member that are shown as text.",
    ),
    ("Looking inside", "mypi.web.archive.member:MAX_LINES", "Lines of a member that are shown."),
    ("Looking inside", "mypi.web.archive.member:MAX_PICTURE", "Bytes of a picture that is shown."),
    (
        "Looking inside",
        "mypi.web.archive.member:MAX_RAW",
        "Bytes of a member that can be had by itself.",
    ),
    (
        "Looking inside",
        "mypi.services.comparing.sides:MAX_FILE",
        "Bytes of a member that is compared line by line.",
    ),
    (
        "Looking inside",
        "mypi.services.comparing.work:MAX_DIFFS",
        "Members of a comparison of which lines are shown.",
    ),
    ("Looking inside", "mypi.services.comparing.work:MAX_LINES", "Lines of a comparison."),
    ("Searching", "mypi.services.search.parsing:MAX_LENGTH", "Characters of a query."),
    ("Searching", "mypi.services.search.parsing:MAX_TERMS", "Words of a query."),
    ("Searching", "mypi.services.search:DEEPEST", "Hits that can be paged through."),
    (
        "Searching",
        "mypi.services.search.facets:COUNTED",
        "Hits whose classifiers and keywords are counted.",
    ),
    (
        "Searching",
        "mypi.services.search.texts:MAX_READ",
        "Projects with all words of a phrase, in which it is looked for.",
    ),
    ("Searching", "mypi.services.search.documents:MAX_TEXT", "Characters of a README searched."),
    ("Searching", "mypi.services.search.documents:MAX_WORDS", "Words of a README searched."),
    ("The API", "mypi.web.api.wire:MAX_BODY", "Bytes of a request's body."),
    ("The server", "mypi.web.resources:MAX_SEGMENTS", "Parts of an address."),
    (
        "The server",
        "mypi.server.options:FORM_ALLOWANCE",
        "Bytes a request may have beyond ``mypi.max_upload``, for the fields of the form.",
    ),
    (
        "The server",
        "mypi.server.parser:SMALL_BODY",
        "Bytes up to which a body is taken on a full disk too.",
    ),
)


def write_all(folder: Path) -> None:
    """Write every generated part into ``folder``."""
    check_dependencies()
    folder.mkdir(exist_ok=True)
    parts = {
        "settings": settings(),
        "server": server(),
        "limits": limits(),
        "words": words(),
        "api": api(),
        "cli": commands(),
        "permissions": policy.permissions(),
        "defaults": policy.defaults(),
        "of-owners": policy.of_owners(),
        "policies": policy.policies(),
        "rules": policy.rules(),
        "kinds": policy.kinds(),
        "index-actions": journal.actions_of_indexes(),
        "site-actions": journal.actions_of_the_site(),
        "changes": changes(),
        "events": events.events(),
        "export-documents": exportformat.format_documents(),
    }
    for name, text in parts.items():
        file = folder / f"{name}.txt"
        # An untouched file lets Sphinx skip the pages that include it.
        if not file.exists() or file.read_text() != text:
            file.write_text(text)


def settings() -> str:
    """The ``mypi.*`` keys."""
    rows = []
    for it in dataclasses.fields(Settings):
        key = PREFIX + it.name
        default = shown(it.default, is_size=it.metadata["parse"] is parse_size)
        rows.append((f"``{key}``", default, f"``{environment_name(key)}``", it.metadata["meaning"]))
    return table(("Key", "Default", "Environment", "Meaning"), rows)


def server() -> str:
    """The keys of ``[server:main]`` that have a default of ours."""
    own = {it.name: it.default for it in dataclasses.fields(options.Limits)}
    defaults = {**options.DEFAULTS, **{key: own[key] for key in options.OWN_KEYS}}
    if defaults.keys() != SERVER_MEANINGS.keys():
        raise SystemExit(
            f"docs/generate.py: say what {defaults.keys() ^ SERVER_MEANINGS.keys()} mean"
        )
    sizes = ("max_request_header_size", "recv_bytes", "linger_bytes")
    rows = [
        (f"``{key}``", shown(default, is_size=key in sizes), SERVER_MEANINGS[key])
        for key, default in defaults.items()
    ]
    return table(("Key", "Default", "Meaning"), rows)


def limits() -> str:
    """The limits that are written in the code."""
    rows = []
    for area, place, meaning in LIMITS:
        module, _, path = place.partition(":")
        value: Any = importlib.import_module(module)
        for name in path.split("."):
            value = getattr(value, name)
        rows.append((area, shown(value, is_size="Bytes" in meaning or "bytes" in meaning), meaning))
    return table(("Of", "At most", "What"), rows)


def words() -> str:
    """Words that cannot name an index."""
    return ", ".join(f"``{word}``" for word in sorted(names.RESERVED_INDEX_NAMES)) + "\n"


def api() -> str:
    """The operations of the HTTP API."""
    rows = [
        (f"``{it.method}``", f"``{it.path}``", it.permission or "everyone", it.summary)
        for it in sorted(OPERATIONS, key=lambda it: it.path)
    ]
    return table(("Method", "Address", "Permission", "What"), rows)


def changes() -> str:
    """The changelog fragments since the last release, by kind."""
    kinds: dict[str, list[str]] = {}
    for fragment in sorted((HERE / "changes.d").glob("*.md")):
        text = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", " ".join(fragment.read_text().split()))
        kinds.setdefault(fragment.stem.rpartition(".")[2], []).append(f"* {text}")
    return "\n\n".join(
        f"**{kind.capitalize()}**\n\n" + "\n".join(items) for kind, items in sorted(kinds.items())
    )


def check_dependencies() -> None:
    """Every dependency in pyproject.toml has its reason on the page of dependencies."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    page = (HERE / "why" / "dependencies.rst").read_text()
    required = [re.match(r"[\w.-]+", text)[0] for text in project["dependencies"]]
    missing = [name for name in required if f"``{name}``" not in page]
    if missing:
        raise SystemExit(f"docs/why/dependencies.rst: no reason for {', '.join(missing)}")
