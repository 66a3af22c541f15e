"""Project and index names: validity, normal form, and every word the URL space keeps for itself.

The one place that lists reserved words.  Knows nothing of projects that exist.
"""

import re

from mypi.errors import Refused

_PROJECT = re.compile(r"([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\Z", re.IGNORECASE | re.ASCII)
_INDEX = re.compile(r"[a-z][a-z0-9-]{0,63}\Z", re.ASCII)
_SEPARATORS = re.compile(r"[-_.]+")

MAX_PROJECT_NAME = 200
"""Characters.  No standard limits a name; file systems limit a file name to 255 bytes."""

FIXED_WORDS = frozenset(
    {"simple", "pypi", "legacy", "packages", "docs", "integrity", "rss", "RPC2"}
)
"""Path segments at an index's root that are doors of ours, or will be.

A project of such a name is found below ``simple/`` alone.
"""

FORMER_WORDS = frozenset({"package", "download", "project", "p", "search", "classifiers", "stats"})
"""Addresses of the first mypi, and of the public index; they redirect unless a project of that very
name exists."""

RESERVED_INDEX_NAMES = frozenset(
    """
    admin api contents diff docs download feeds files front health help import index indexes
    integrity login logout log metrics opensearch packages project projects promote search setup
    simple static stats status token tokens trash upload user users
    """.split()
)
"""Words that follow ``+`` in a URL and therefore cannot name an index."""


def normalise(name: str) -> str:
    """Return the normal form of a project name (PEP 503): two names are one project iff equal."""
    return _SEPARATORS.sub("-", name).lower()


def is_project_name(name: str) -> bool:
    """Whether ``name`` is a valid project name (PEP 508)."""
    return len(name) <= MAX_PROJECT_NAME and _PROJECT.match(name) is not None


def check_project_name(name: str) -> str:
    """Return ``name`` unchanged, or raise Refused with the rule it breaks."""
    if not is_project_name(name):
        raise Refused(
            f"name: {name[:80]!r} is not a valid project name: use ASCII letters, digits, '.', '-' "
            f"and '_', begin and end with a letter or digit, {MAX_PROJECT_NAME} characters at most."
        )
    return name


def check_index_name(name: str) -> str:
    """Return ``name`` unchanged, or raise Refused with the rule it breaks."""
    if not _INDEX.match(name):
        raise Refused(
            f"index: {name[:80]!r} is not a valid index name: use lower-case ASCII letters, digits "
            "and '-', begin with a letter, 64 characters at most."
        )
    if name in RESERVED_INDEX_NAMES:
        raise Refused(f"index: {name!r} is a reserved word; choose another name.")
    return name
