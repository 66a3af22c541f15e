"""Who signed an attestation: what sigstore's certificates say of the build, and of its place."""

from typing import Any

_OID = "1.3.6.1.4.1.57264.1."
_CLAIMS = {
    _OID + "8": "issuer",
    _OID + "9": "build-signer-uri",
    _OID + "11": "runner-environment",
    _OID + "12": "source-repository-uri",
    _OID + "13": "source-repository-digest",
    _OID + "14": "source-repository-ref",
    _OID + "18": "build-config-uri",
    _OID + "20": "build-trigger",
    _OID + "21": "run-invocation-uri",
}
"""Extensions of sigstore's certificates (fulcio, docs/oid-info) -> names."""

_KINDS = {
    "https://token.actions.githubusercontent.com": "GitHub",
    "https://gitlab.com": "GitLab",
    "https://accounts.google.com": "Google",
    "https://oidc.circleci.com": "CircleCI",
}


def claims_of(attestation: Any) -> dict[str, str]:
    """What the certificate says of the build, by short names; only claims that are known."""
    try:
        found = attestation.certificate_claims
    except Exception:  # a stranger's DER, which the library leaves to parsers of several families
        return {}
    return {name: str(found[number])[:500] for number, name in _CLAIMS.items() if found.get(number)}


def publisher(claims: dict[str, str], *, is_verified: bool = True) -> dict[str, Any]:
    """The publisher of a bundle (S-80), as the certificate names it.

    One that nobody vouches for is named by no kind that programs know: anybody can make a
    certificate that says it is of GitHub.
    """
    if not is_verified:
        return {"kind": "unverified", "claims": claims}
    kind = _KINDS.get(claims.get("issuer", ""), "unknown")
    said: dict[str, Any] = {"kind": kind, "claims": claims}
    repository = claims.get("source-repository-uri", "").partition("://")[2].partition("/")[2]
    if kind in ("GitHub", "GitLab") and repository:
        said["repository"] = repository
        path = claims.get("build-config-uri", "").partition("@")[0].partition("://")[2]
        if kind == "GitHub":
            said["workflow"] = path.rpartition("/")[2]
        else:
            said["workflow_filepath"] = path.partition("//")[2]
        said["environment"] = None
    return said


def in_words(publisher: dict[str, Any]) -> str:
    """The publisher, as a page names it."""
    where = publisher.get("repository", "")
    return f"{publisher['kind']} {where}".strip()
