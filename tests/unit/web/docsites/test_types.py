"""Content types do not depend on the machine."""

import mimetypes

import pytest

from mypi.web.docsites.types import content_type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a/INDEX.HTM", "text/html; charset=utf-8"),
        ("_sources/index.rst.txt", "text/plain; charset=utf-8"),
        ("a.html/b", "application/octet-stream"),
        ("objects.inv", "application/octet-stream"),
        ("page.html.gz", "application/gzip"),
        (".html", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        ("x.wasm", "application/wasm"),
        ("x.svg", "image/svg+xml"),
        ("x.woff2", "font/woff2"),
        ("x.", "application/octet-stream"),
    ],
)
def test_by_the_last_ending(path, expected, monkeypatch):
    monkeypatch.setattr(mimetypes, "guess_type", None)

    assert content_type(path) == expected
