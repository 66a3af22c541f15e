"""Whether an attestation was signed as it says, and by somebody whom sigstore vouches for.

Nothing here asks the network, and nothing is written: the trust root is the one that the installed
sigstore library brings along.  The library's own offline mode would copy that into the home folder
of whoever runs the server, and believe the copy even when a newer library is installed.
"""

import logging
from functools import cache
from importlib import resources
from typing import Any

from mypi.errors import Refused

log = logging.getLogger(__name__)

PAYLOAD_TYPE = "application/vnd.in-toto+json"
NO_ROOT = "sigstore's trust root cannot be used on this server."
UNREADABLE = "its certificate or its entry in the log cannot be read."

_ROOT = ("https%3A%2F%2Ftuf-repo-cdn.sigstore.dev", "trusted_root.json")
_MAX_WORDS = 300
"""Characters of the library's own words that are kept."""


def check_signature(attestation: Any) -> None:
    """Raise Refused unless the certificate's key signed the statement (DSSE; ECDSA, SHA-256)."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    body = attestation.envelope.statement
    signed = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(body)} ".encode() + body
    try:
        certificate = x509.load_der_x509_certificate(attestation.verification_material.certificate)
        key = certificate.public_key()
    except Exception:  # a stranger's DER; the library names no common base of what it raises
        raise Refused("attestations: a certificate cannot be read.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Refused("attestations: a certificate has no ECDSA key.")
    try:
        key.verify(attestation.envelope.signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise Refused("attestations: a signature is not that of its certificate.") from None


def doubt(attestation: Any) -> str:
    """Why its signer cannot be verified against the trust root; empty when it is verified.

    Verified are the certificate's chain, its own log (SCT), and the entry of the signature in the
    transparency log: inclusion proof, checkpoint, promise and time.
    """
    from sigstore.errors import VerificationError

    try:
        verifier = _verifier()
    except Exception:  # whatever is wrong with the installed library
        log.warning("sigstore's trust root cannot be used", exc_info=True)
        return NO_ROOT
    try:
        verifier.verify_dsse(attestation.to_bundle(), _AnySigner())
    except VerificationError as error:
        return _sentence(str(error))
    except Exception as error:  # a stranger's DER and JSON; the library lets much of it through
        log.info("an attestation that cannot be read: %r", error)
        return UNREADABLE
    return ""


class _AnySigner:
    """Who signed is told to people; whether they were to is up to the index's policy."""

    def verify(self, cert: Any) -> None:
        """Nothing to object."""


@cache
def _verifier() -> Any:
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    with resources.as_file(resources.files("sigstore._store").joinpath(*_ROOT)) as path:
        return Verifier(trusted_root=TrustedRoot.from_file(str(path)))


def _sentence(words: str) -> str:
    return f"{' '.join(words.split())[:_MAX_WORDS].rstrip('.')}."
