"""Core metadata, from an archive's METADATA or PKG-INFO, or from the fields of an upload form.

Held under the keys of ``packaging.metadata.RawMetadata``.  Real archives bend the rules (setuptools
wrote License-File under 2.1): fields newer than the declared version are taken; what an installer
would stumble over is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from packaging.licenses import canonicalize_license_expression
from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from mypi.errors import Refused
from mypi.names import check_project_name

Fields = dict[str, Any]

MAX_SUMMARY = 2048
MAX_TEXT = 20_000
MAX_SPECIFIER = 500
MAX_LICENSE = 2**18  # whole texts of licences, of bundled libraries too: scipy 1.17 has 47 kB
MAX_ITEMS = 4096
MAX_KINDS = 200
MAX_LIST = 2**18
"""Characters of a list's entries together: half a second of reading requirements (measured)."""

MAX_DESCRIPTION = 4 * 2**20
CONTENT_TYPES = ("text/plain", "text/x-rst", "text/markdown")

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
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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
    _check_number_of_fields(text, where)
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
    _check_version(version, where)
    description = _plain_description(fields.pop("description", ""))
    return _checked(Metadata(name, version, _meaningful(fields), description), where)


def _check_number_of_fields(text: str, where: str) -> None:
    """Refuse fields by the hundred thousand: parsing takes the square of their number."""
    head = text.replace("\r\n", "\n").replace("\r", "\n").partition("\n\n")[0]
    names = [name.lower() for name in re.findall(r"^([^\s:]+):", head, re.MULTILINE)]
    if len(names) > 4 * MAX_ITEMS or len(set(names)) > MAX_KINDS:
        raise Refused(f"{where}: its metadata has too many fields; build the archive again.")


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
        _check_version(version, "the form")
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


def _plain_description(text: str) -> str:
    """Without the continuation marks (seven spaces and a bar) of old metadata headers."""
    lines = text.split("\n")
    if len(lines) > 1 and all(line.startswith("       |") for line in lines[1:] if line):
        lines[1:] = [line[8:] for line in lines[1:]]
    return "" if text.strip() == "UNKNOWN" else "\n".join(lines)


def _checked(said: Metadata, where: str) -> Metadata:
    for name, value in said.fields.items():
        _check_length(name, value, where)
        if name in _CHECKS:
            _CHECKS[name](value, where)
    if len(said.description.encode(errors="replace")) > MAX_DESCRIPTION:
        raise Refused(f"{where}: the description has more than {MAX_DESCRIPTION >> 20} MiB.")
    if said.metadata_version >= (2, 1):
        for text in said.fields.get("requires_dist", ()):
            _check_requirement(text, where)
    return said


_LIMITS = {
    "summary": MAX_SUMMARY,
    "license": MAX_LICENSE,
    "requires_python": MAX_SPECIFIER,
}


def _check_length(name: str, value: Any, where: str) -> None:
    texts = [value] if isinstance(value, str) else [*value]
    if isinstance(value, dict):
        texts += value.values()
    limit = _LIMITS.get(name, MAX_TEXT)
    too_long = any(len(text) > limit for text in texts) or sum(map(len, texts)) > MAX_LIST
    if len(texts) > MAX_ITEMS or too_long:
        raise Refused(
            f"{where}: the metadata field {name} is too long ({limit} characters and {MAX_ITEMS} "
            "entries at most)."
        )
    if any(_CONTROL.search(text) for text in texts):
        raise Refused(f"{where}: the metadata field {name} holds control characters.")


def _check_metadata_version(text: str, where: str) -> None:
    if not re.fullmatch(r"[12]\.\d{1,3}", text, re.ASCII):
        raise Refused(
            f"{where}: Metadata-Version {text[:40]!r} is not known; versions 1.x and 2.x are."
        )


def _check_version(text: str, where: str) -> None:
    _must_read(Version, text, f"{where}: version {text[:80]!r} is not valid (PEP 440).")


def _check_requires_python(text: str, where: str) -> None:
    said = f"{where}: Requires-Python {text[:80]!r} is not a valid specifier, for example >=3.9."
    _must_read(SpecifierSet, text, said)


def _check_requirement(text: str, where: str) -> None:
    said = f"{where}: Requires-Dist {text[:120]!r} is not a valid requirement."
    _must_read(Requirement, text, said)


def _check_license(text: str, where: str) -> None:
    said = f"{where}: License-Expression {text[:80]!r} is not a valid SPDX expression."
    _must_read(canonicalize_license_expression, text, said)


def _must_read(reader: Callable[[str], object], text: str, complaint: str) -> None:
    """Refuse what ``reader`` cannot read; hostile nesting and 5,000 digits raise more than its own
    errors, which are all ValueErrors.
    """
    try:
        reader(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Refused(complaint) from None


def _check_content_type(text: str, where: str) -> None:
    if text.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        raise Refused(
            f"{where}: Description-Content-Type {text[:80]!r} is not one of "
            + ", ".join(CONTENT_TYPES)
            + "."
        )


def _check_dynamic(names: Any, where: str) -> None:
    for name in names:
        if name.lower() in ("name", "version", "metadata-version"):
            raise Refused(f"{where}: Dynamic names {name}, which cannot be dynamic (PEP 643).")


def _check_summary(text: str, where: str) -> None:
    if "\n" in text:
        raise Refused(f"{where}: the summary has more than one line.")


_CHECKS: dict[str, Callable[[Any, str], None]] = {
    "metadata_version": _check_metadata_version,
    "requires_python": _check_requires_python,
    "license_expression": _check_license,
    "description_content_type": _check_content_type,
    "summary": _check_summary,
    "dynamic": _check_dynamic,
}
