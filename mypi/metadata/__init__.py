"""Core metadata, from an archive's METADATA or PKG-INFO, or from the fields of an upload form.

Held under the keys of ``packaging.metadata.RawMetadata``.  Real archives bend the rules (setuptools
wrote License-File under 2.1): fields newer than the declared version are taken; what an installer
would stumble over is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from packaging.metadata import parse_email

from mypi.errors import Refused
from mypi.metadata.checks import (
    MAX_ITEMS,
    check_description,
    check_field,
    check_requirement,
    check_version,
)
from mypi.names import check_project_name

Fields = dict[str, Any]

MAX_KINDS = 200
"""Different fields of one METADATA."""

SINGLE = frozenset(
    """
    metadata_version summary keywords home_page author author_email license maintainer
    maintainer_email requires_python download_url description_content_type license_expression
    """.split()
)
MULTIPLE = {
    "platform": "platforms",
    "supported_platform": "supported_platforms",
    "license_file": "license_files",
    "project_urls": "project_urls",
} | {
    name: name
    for name in """
    classifiers requires provides obsoletes requires_dist provides_dist obsoletes_dist
    requires_external provides_extra dynamic import_names import_namespaces
    """.split()
}
"""Fields of the upload form that may be repeated -> their key."""

_KNOWN_HEADERS = frozenset(
    """
    metadata-version name version platform supported-platform summary description keywords home-page
    download-url author author-email license classifier requires provides obsoletes maintainer
    maintainer-email requires-dist provides-dist obsoletes-dist requires-python requires-external
    project-url description-content-type provides-extra dynamic license-expression license-file
    import-name import-namespace
    """.split()
)


@dataclass(frozen=True)
class Metadata:
    """What is said of a release; ``name`` and ``version`` as written, ``fields`` without them."""

    name: str = ""
    version: str = ""
    fields: Fields = field(default_factory=dict)
    description: str = ""

    def filled_from(self, other: "Metadata") -> "Metadata":
        """This, with what it leaves out taken from ``other``."""
        return Metadata(
            self.name or other.name,
            self.version or other.version,
            {**other.fields, **self.fields},
            self.description or other.description,
        )

    @property
    def metadata_version(self) -> tuple[int, ...]:
        """The declared version of core metadata; undeclared is taken for an old one."""
        return tuple(int(part) for part in self.fields.get("metadata_version", "1.0").split("."))

    def promised_license_files(self) -> list[str]:
        """Licence files that the archive must hold; before 2.4 (PEP 639) nothing was promised."""
        return self.fields.get("license_files", []) if self.metadata_version >= (2, 4) else []

    def identified(self, name: str, version: str) -> "Metadata":
        """This, of exactly that project and version."""
        return replace(self, name=name, version=version)


def parse(raw: bytes, where: str) -> Metadata:
    """Read a METADATA or PKG-INFO file of the archive ``where``; raises Refused."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Refused(f"{where}: its metadata is not UTF-8 (byte {error.start}).") from None
    head = _head(text)
    _check_number_of_fields(head, where)
    known, rest = parse_email(text)
    for header, values in rest.items():
        if header in _KNOWN_HEADERS:
            said = "came twice" if len(values) > 1 else "cannot be read"
            raise Refused(f"{where}: the metadata field {header} {said}; build the archive again.")
    fields: Fields = dict(known)
    name = fields.pop("name", "")
    version = fields.pop("version", "")
    if not (name and version and "metadata_version" in fields):
        raise Refused(
            f"{where}: its metadata lacks Metadata-Version, Name or Version; build it again."
        )
    try:
        check_project_name(name)
    except Refused as error:
        raise Refused(f"{where}: its metadata cannot be taken: {error}") from None
    check_version(version, where)
    description = fields.pop("description", "")
    if re.search("^description:", head, re.MULTILINE | re.IGNORECASE):
        description = _unfolded(description)
    if description.strip() == "UNKNOWN":
        description = ""
    return _checked(Metadata(name, version, _meaningful(fields), description), where)


def _check_number_of_fields(head: str, where: str) -> None:
    """Refuse fields by the hundred thousand: parsing takes the square of their number.

    And parts of parts, which a Content-Type would begin: each line is compared with all of them.
    """
    names = [name.lower() for name in re.findall(r"^([^\s:]+):", head, re.MULTILINE)]
    if "content-type" in names:
        raise Refused(f"{where}: metadata has no field Content-Type; build the archive again.")
    if len(names) > 4 * MAX_ITEMS or len(set(names)) > MAX_KINDS:
        raise Refused(f"{where}: its metadata has too many fields; build the archive again.")


def _head(text: str) -> str:
    """The header fields, without the description that may follow them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").partition("\n\n")[0]


def from_form(form: Mapping[str, list[str]]) -> Metadata:
    """Read the fields of an upload form; ``UNKNOWN`` and empty ones are absent; raises Refused."""
    fields: Fields = {}
    for name in SINGLE - {"keywords"}:
        fields[name] = _single(form, name)
    words = [word for text in form.get("keywords", ()) for word in _keywords(text)]
    fields["keywords"] = words
    for name, key in MULTIPLE.items():
        values = [value.strip() for value in form.get(name, ())]
        fields[key] = [value for value in values if value not in ("", "UNKNOWN")]
    fields["project_urls"] = _labels(fields["project_urls"])
    version = _single(form, "version")
    if version:
        check_version(version, "the form")
    said = Metadata(
        _single(form, "name"),
        version,
        _meaningful(fields),
        _single(form, "description"),
    )
    return _checked(said, "the form")


def _single(form: Mapping[str, list[str]], name: str) -> str:
    values = {value.strip() for value in form.get(name, ())} - {"", "UNKNOWN"}
    if len(values) > 1:
        raise Refused(f"{name}: the field came {len(values)} times with different values.")
    return values.pop() if values else ""


def _keywords(text: str) -> list[str]:
    """Comma-separated, as the standard says, or by spaces, as old tools wrote."""
    separator = "," if "," in text else None
    words = [word.strip() for word in text.split(separator)]
    return [word for word in words if word not in ("", "UNKNOWN")]


def _labels(urls: list[str]) -> dict[str, str]:
    pairs = (url.partition(",") for url in urls)
    return {label.strip(): url.strip() for label, _comma, url in pairs}


def _meaningful(fields: Fields) -> Fields:
    """``fields`` without those that say nothing."""
    kept = {name: _without_unknown(value) for name, value in fields.items()}
    return {name: value for name, value in kept.items() if value and value != "UNKNOWN"}


def _without_unknown(value: Any) -> Any:
    """Old tools wrote ``Platform: UNKNOWN`` for every platform, and empty keywords."""
    if isinstance(value, list):
        return [text for text in value if text not in ("", "UNKNOWN")]
    return value


def _unfolded(description: str) -> str:
    """A description that was a header field, without what marks its continued lines.

    Seven spaces and a bar as the standard says, or eight spaces as setup.py wrote.
    """
    first, *others = description.split("\n")
    for mark in ("       |", "        "):
        if all(line.startswith(mark) for line in others if line):
            return "\n".join([first, *(line[len(mark) :] for line in others)])
    return description


def _checked(said: Metadata, where: str) -> Metadata:
    for name, value in said.fields.items():
        check_field(name, value, where)
    check_description(said.description, where)
    if said.metadata_version >= (2, 1):
        for text in said.fields.get("requires_dist", ()):
            check_requirement(text, where)
    return said
