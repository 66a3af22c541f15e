"""The page about a file, as plain values for the template."""

from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from mypi import filenames, metadata
from mypi.archives import reading
from mypi.errors import Refused
from mypi.filenames import DistributionName
from mypi.names import normalise
from mypi.services import attestations, contents, telling
from mypi.services.contents import Keep, TooBusy
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.snippets import Snippet
from mypi.web.frame.words import Moment, moment, number, plural
from mypi.web.resources import FilePage

MAX_VALUES = 60
"""Values of one metadata field that the page shows."""

MAX_TEXT = 500
"""Characters of one of them."""

KINDS = {
    "sdist": "Source archive",
    "bdist_wheel": "Wheel",
    "bdist_egg": "Egg",
    "bdist_wininst": "Windows installer",
    "bdist_msi": "Windows installer",
    "bdist_rpm": "RPM",
}
_HEADERS = {
    "classifiers": "Classifier",
    "platforms": "Platform",
    "supported_platforms": "Supported-Platform",
    "license_files": "License-File",
    "project_urls": "Project-URL",
}


class Crumb(NamedTuple):
    """A step of the way to where one is."""

    label: str
    address: str


class Field(NamedTuple):
    """A metadata field; ``more`` values are not shown."""

    name: str
    values: list[str]
    more: int


class Came(NamedTuple):
    """A promotion into the index that holds the file; ``source`` is empty when that is private."""

    source: str
    by: str
    when: Moment
    note: str


class First(NamedTuple):
    """Where the file was published first, as far as one may know; ``where`` may be empty."""

    where: str
    by: str
    when: Moment


def head(context: FilePage, here: Addresses, path: str = "") -> dict[str, Any]:
    """Where one is: ``path`` is of a member, or of a folder."""
    name, version = context.found.project.name, context.release.version
    filename = context.file.filename
    crumbs = [
        Crumb(context.index.name, here.home),
        Crumb(name, here.project(name)),
        Crumb(version, here.release(name, version)),
        Crumb(filename, here.file_page(name, version, filename)),
    ]
    parts = path.split("/") if path else []
    for place, part in enumerate(parts):
        inner = "/".join(parts[: place + 1])
        crumbs.append(Crumb(part, here.contents(name, version, filename, inner)))
    return {
        "name": name,
        "version": version,
        "filename": filename,
        "crumbs": crumbs,
        "contents_page": here.contents(name, version, filename),
        "links_page": here.links(name),
    }


def values(context: FilePage, here: Addresses, today: date, keep: Keep) -> dict[str, Any]:
    """Everything that the template shows."""
    file, link, owner = context.file, context.listed.link, context.listed.held_by
    name, artifact = context.found.project.name, file.artifact
    told, trouble, is_waiting = _inside(context, keep)
    named = _named(file.filename)
    address = here.file(owner, name, file.filename)
    shown = head(context, here)
    shown["crumbs"][-1] = Crumb(file.filename, "")
    return {
        **shown,
        "kind": KINDS.get(file.kind, "File"),
        "tags": filenames.tags_in_words(named.tags) if named and named.tags else "",
        "size": size_in_words(artifact.size),
        "bytes": number(artifact.size),
        "digests": [
            ("SHA-256", artifact.sha256),
            ("BLAKE2b-256", artifact.blake2_256),
            ("MD5", artifact.md5),
        ],
        "owner": owner,
        "owner_page": here.home if owner == context.index.name else "",
        "published": moment(file.uploaded, today),
        "by": file.by,
        "came": _came(context, today),
        "first": _first(context, today),
        "comment": file.comment,
        "yanked": link.yanked,
        "address": address,
        "metadata_page": address + ".metadata" if link.metadata_sha256 else "",
        "signature": address + ".asc" if link.signed else "",
        "attested": link.attested,
        "attestations": attestations.told(file),
        "provenance_page": f"{here.home}integrity/{normalise(name)}/{context.release.version}/"
        f"{file.filename}/provenance",
        "can_look": reading.is_archive(file.filename),
        "trouble": trouble,
        "is_waiting": is_waiting,
        "entry_points": told.entry_points,
        "top_level": told.top_level,
        "record": _record(told.record),
        "fields": _fields(context),
        "commands": _commands(context, here, address.removeprefix(here.root)),
    }


def _inside(context: FilePage, keep: Keep) -> tuple[telling.Told, str, bool]:
    """What the archive says, why it says less, and whether the page is to be made again."""
    nothing = telling.Told([], [], None)
    if not context.file.filename.endswith((".whl", ".egg")):
        return nothing, "", False
    try:
        found = contents.directory(context.file, keep)
        return telling.of_archive(context.file, found), found.trouble, not found.lasting
    except TooBusy as busy:
        return nothing, str(busy), True


def _named(filename: str) -> DistributionName | None:
    try:
        return filenames.parse(filename)
    except Refused:
        return None


def _came(context: FilePage, today: date) -> Came | None:
    origin = context.file.origin
    if origin is None:
        return None
    visible = context.access.index(origin.came_from) is not None
    return Came(
        origin.came_from if visible else "",
        origin.by,
        moment(origin.when, today),
        origin.note if visible else "",
    )


def _first(context: FilePage, today: date) -> First:
    file, origin = context.file, context.file.origin
    if origin is None:
        return First(context.listed.held_by, file.by, moment(file.uploaded, today))
    visible = context.access.index(origin.came_from) is not None
    return First(
        origin.came_from if visible else "",
        origin.uploaded_by if visible else "",
        moment(origin.uploaded, today),
    )


def _record(record: telling.Record | None) -> dict[str, Any] | None:
    """What the page says of RECORD: a tone, a sentence, and the members that do not agree."""
    if record is None:
        return None
    if record.trouble:
        return {"tone": "warn", "text": f"RECORD: {record.trouble}.", "differs": []}
    if record.differs:
        count = plural(len(record.differs), "member")
        return {
            "tone": "warn",
            "text": f"RECORD does not agree with the wheel: {count}.",
            "differs": record.differs,
        }
    members = plural(record.members, "member")
    text = f"RECORD lists the {members} that the wheel holds, with their sizes."
    return {"tone": "good", "text": text, "differs": []}


def _fields(context: FilePage) -> list[Field]:
    """The metadata of this very file; of old installers, which have none, the release's."""
    held = context.file.artifact.metadata
    fields: dict[str, Any] = dict(context.release.fields)
    if held is not None:
        with suppress(Refused):
            fields = dict(metadata.parse(held.raw, context.file.filename).fields)
    return [_field(name, value) for name, value in fields.items() if value]


def _field(name: str, value: Any) -> Field:
    header = _HEADERS.get(name) or "-".join(word.capitalize() for word in name.split("_"))
    if isinstance(value, dict):
        listed = [f"{label}, {url}" for label, url in value.items()]
    elif isinstance(value, list | tuple):
        listed = [str(it) for it in value]
    else:
        listed = [str(value)]
    short = [text[:MAX_TEXT] + "…" * (len(text) > MAX_TEXT) for text in listed[:MAX_VALUES]]
    return Field(header, short, len(listed) - len(short))


def _commands(context: FilePage, here: Addresses, path: str) -> list[Snippet]:
    """Commands that fetch this very file, or nothing else in its place."""
    filename, sha256 = context.file.filename, context.file.artifact.sha256
    name, version = context.found.project.name, context.release.version
    url = here.site + path
    pinned = f"{name}=={version}"
    return [
        Snippet("curl", f"curl -fLO '{url}'\necho '{sha256}  {filename}' | sha256sum -c"),
        Snippet(
            "requirements.txt",
            f"--index-url {here.url}\n{pinned} \\\n    --hash=sha256:{sha256}",
            "Takes this file and no other.",
        ),
        Snippet(
            "pyproject.toml",
            f'"{normalise(name)} @ {url}#sha256={sha256}"',
            "A dependency on this very file (a direct reference, PEP 508).",
        ),
    ]
