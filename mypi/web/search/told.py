"""What a search found, for programs: as the API tells it, and as address bars want it."""

from datetime import UTC, datetime
from typing import Any

from mypi.services.search import Hit, Results
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.outward import legal, url

LATEST = 253_402_300_799.0
"""The last second that a time can be written of."""


def as_json(results: Results) -> dict[str, Any]:
    """The keys of ``GET +api/v1/indexes/INDEX/search``."""
    return {
        "hits": [hit_as_json(hit) for hit in results.hits],
        "total": results.total,
        "facets": {name: dict(values) for name, values in results.facets.items()},
        "did_you_mean": results.did_you_mean,
    }


def rows(hits: list[Hit], here: Addresses) -> list[dict[str, str]]:
    """Suggestions for our own search box."""
    return [
        {
            "name": hit.name,
            "version": hit.version,
            "summary": hit.summary[:120],
            "url": here.project(hit.name),
        }
        for hit in hits
    ]


def for_address_bars(typed: str, hits: list[Hit], here: Addresses) -> list[Any]:
    """Suggestions as OpenSearch has them: what was typed, names, summaries, URLs."""
    return [
        typed,
        [hit.name for hit in hits],
        [hit.summary[:120] for hit in hits],
        [url(here, here.project(hit.name)) for hit in hits],
    ]


def description(title: str, here: Addresses) -> dict[str, str]:
    """What the OpenSearch description document says; a short name has 16 characters at most."""
    address = url(here, here.search())
    return {
        "short_name": legal(title)[:16],
        "description": legal(f"Search the packages of {title}"),
        "page": address + "?q={searchTerms}",
        "suggestions": address + "/suggest?format=opensearch&q={searchTerms}",
    }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """A project."""
    return {
        "name": hit.name,
        "version": hit.version,
        "index": hit.index,
        "summary": hit.summary,
        "uploaded": datetime.fromtimestamp(min(hit.uploaded, LATEST), UTC),
        "licence": hit.licence,
        "requires_python": hit.requires_python,
        "keywords": hit.keywords,
        "badges": hit.badges,
    }
