"""Attestations as a build would make them, signed with a key of a certificate of our own making."""

import base64
import datetime
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

PUBLISH = "https://docs.pypi.org/attestations/publish/v1"
SLSA = "https://slsa.dev/provenance/v1"
TYPE = "application/vnd.in-toto+json"
CLAIMS = {
    8: "https://token.actions.githubusercontent.com",
    12: "https://github.com/team/six",
    13: "0123456789abcdef",
    18: "https://github.com/team/six/.github/workflows/release.yml@refs/tags/v1",
}


class Signer:
    """A key, and a certificate for it that nobody vouches for."""

    def __init__(self, claims: dict[int, str] | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "build")])
        now = datetime.datetime(2026, 1, 1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=3_000))
        )
        for number, text in (CLAIMS if claims is None else claims).items():
            oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            value = b"\x0c" + _length(len(text)) + text.encode()
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), False)
        certificate = builder.sign(self.key, SHA256())
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)

    def attestation(self, filename: str, content: bytes, **changes: Any) -> dict[str, Any]:
        """An attestation of a file; ``changes`` replace parts of its statement."""
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [
                {"name": filename, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
            ],
            "predicateType": PUBLISH,
            "predicate": None,
            **changes,
        }
        body = json.dumps(statement).encode()
        signed = f"DSSEv1 {len(TYPE)} {TYPE} {len(body)} ".encode() + body
        return {
            "version": 1,
            "verification_material": {
                "certificate": _base64(self.certificate),
                "transparency_entries": [{"logIndex": "1"}],
            },
            "envelope": {
                "statement": _base64(body),
                "signature": _base64(self.key.sign(signed, ec.ECDSA(SHA256()))),
            },
        }


def _length(size: int) -> bytes:
    """A length as DER writes it."""
    return bytes([size]) if size < 128 else bytes([0x81, size])


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
