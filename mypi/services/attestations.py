"""Attestations of files (PEP 740): who built an archive, signed where it was built.

What is checked here: that an attestation is of this very file.  That its certificate's key signed
it, and whether the certificate is genuine, :mod:`mypi.services.signers` checks.
"""

import base64
import binascii
import json
from typing import Any, NamedTuple

import orjson
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename
from packaging.utils import parse_sdist_filename as parse_sdist
from packaging.utils import parse_wheel_filename as parse_wheel

from mypi.errors import MypiError, Refused
from mypi.model import File
from mypi.model.file import Provenance
from mypi.services import publishers, signers

MAX_TEXT = 2**19
MAX_COUNT = 8
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATES = {
    "https://slsa.dev/provenance/v1": "built as it says (SLSA provenance)",
    "https://docs.pypi.org/attestations/publish/v1": "published by",
}
"""Known predicate types (S-82), and a word on each."""

LACKING = (
    "attestations: this server cannot verify any; its keeper has to install mypi[attestations]. "
    "Upload without attestations meanwhile."
)


class CannotVerify(MypiError):
    """Attestations came, and there is nothing here to verify them with."""

    status = 400


class Told(NamedTuple):
    """One attestation for people: of which kind, who signed it, and whether that was verified.

    ``claims`` are what the certificate says of the build, and ``publisher`` is made of them;
    ``doubt`` is why they were not verified, and empty when they were.
    """

    predicate: str
    publisher: str
    claims: dict[str, str]
    doubt: str


def take(text: str, filename: str, sha256: str, *, strict: bool) -> Provenance | None:
    """The provenance that the form's ``attestations`` give; None when there are none.

    Raises Refused when one is broken or of another file, and, if ``strict``, when its signer cannot
    be verified; CannotVerify when the library for it is not installed.
    """
    sent = _parse(text) if text else []
    if not sent:
        return None
    try:
        import pypi_attestations as library
    except ImportError:
        raise CannotVerify(LACKING) from None
    bundles: list[dict[str, Any]] = []
    seen: set[tuple[str, int]] = set()
    for each in sent:
        attestation = _model(library, each)
        kind = _check_statement(each, filename, sha256)
        signers.check_signature(attestation)
        doubt = signers.doubt(attestation)
        if doubt and strict:
            raise Refused(f"attestations: the signer cannot be verified: {doubt}")
        claims = publishers.claims_of(attestation)
        place = _place(bundles, publishers.publisher(claims, is_verified=not doubt))
        if (kind, place) in seen:
            raise Refused(f"attestations: two of the kind {kind}; send one of each kind.")
        seen.add((kind, place))
        bundles[place]["attestations"].append(each)
        bundles[place]["mypi"]["doubts"].append(doubt)
    return Provenance(orjson.dumps({"version": 1, "attestation_bundles": bundles}))


def public(provenance: Provenance) -> dict[str, Any]:
    """The provenance object as PEP 740 has it, without our notes."""
    said: dict[str, Any] = orjson.loads(provenance.raw)
    for bundle in said["attestation_bundles"]:
        bundle.pop("mypi", None)
    return said


def told(file: File) -> list[Told]:
    """What the attestations of a file say, for people."""
    if file.provenance is None:
        return []
    return [
        Told(
            PREDICATES[_statement(attestation)["predicateType"]],
            publishers.in_words(publishers.publisher(bundle["publisher"]["claims"])),
            bundle["publisher"]["claims"],
            doubt,
        )
        for bundle in orjson.loads(file.provenance.raw)["attestation_bundles"]
        for attestation, doubt in zip(bundle["attestations"], bundle["mypi"]["doubts"], strict=True)
    ]


def _place(bundles: list[dict[str, Any]], publisher: dict[str, Any]) -> int:
    """Which bundle holds what that publisher signed; it is made if it is missing (PEP 740)."""
    for place, bundle in enumerate(bundles):
        if bundle["publisher"] == publisher:
            return place
    bundles.append({"publisher": publisher, "attestations": [], "mypi": {"doubts": []}})
    return len(bundles) - 1


def _parse(text: str) -> list[dict[str, Any]]:
    if len(text) > MAX_TEXT:
        raise Refused(f"attestations: {MAX_TEXT >> 10} kB at most.")
    try:
        sent = orjson.loads(text)
        orjson.dumps(sent)  # what is nested deeper could be read and never be served
    except (ValueError, TypeError):
        raise Refused("attestations: a JSON array is wanted.") from None
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise Refused("attestations: a JSON array of objects is wanted.")
    if len(sent) > MAX_COUNT:
        raise Refused(f"attestations: {MAX_COUNT} at most.")
    return sent


def _model(library: Any, sent: dict[str, Any]) -> Any:
    try:
        return library.Attestation.model_validate(sent)
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise Refused(f"attestations: one is not as PEP 740 describes them: {first}.") from None


def _statement(sent: dict[str, Any]) -> dict[str, Any]:
    """The signed statement; raises Refused when it is none.

    Read strictly: what skips characters that are not base64 would read another statement.
    """
    try:
        statement = json.loads(base64.b64decode(sent["envelope"]["statement"], validate=True))
        if not isinstance(statement, dict):
            raise TypeError
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError):
        raise Refused("attestations: a statement is not JSON in base64.") from None
    return statement


def _check_statement(sent: dict[str, Any], filename: str, sha256: str) -> str:
    """Whether the statement is about this very file; its predicate type."""
    statement = _statement(sent)
    if statement.get("_type") != STATEMENT:
        raise Refused(f"attestations: a statement is not of the type {STATEMENT}.")
    subjects = statement.get("subject")
    if not isinstance(subjects, list) or len(subjects) != 1 or not isinstance(subjects[0], dict):
        raise Refused("attestations: a statement must have exactly one subject.")
    name, digest = subjects[0].get("name"), subjects[0].get("digest")
    if not isinstance(name, str) or _parsed(name) != _parsed(filename):
        raise Refused(
            f"attestations: one is of the file {str(name)[:200]!r}, the upload is {filename}."
        )
    if not isinstance(digest, dict) or digest.get("sha256") != sha256:
        raise Refused(
            f"attestations: one is of other bytes than {filename} has; sign the file that is sent."
        )
    kind = statement.get("predicateType")
    if not isinstance(kind, str) or kind not in PREDICATES:
        raise Refused(
            f"attestations: the predicate type {str(kind)[:200]!r} is unknown; known are "
            + " and ".join(PREDICATES)
            + "."
        )
    return kind


def _parsed(filename: str) -> Any:
    """The parts of a file name, or the name as it is."""
    try:
        return parse_wheel(filename) if filename.endswith(".whl") else parse_sdist(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return filename
