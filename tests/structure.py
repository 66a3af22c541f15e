"""What every page owes to those who cannot see it, as far as its HTML tells."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from webtest import TestResponse


def check(page: TestResponse) -> None:
    """Language, title, one h1, headings in order, ids once, labels, names of links, headers."""
    html = page.html
    assert html.html["lang"] == "en"
    assert html.title.text.strip()
    assert len(html.find_all("h1")) == 1
    assert html.h1.text.strip()
    assert len(html.find_all("main")) == 1
    ids = [tag["id"] for tag in html.find_all(id=True)]
    assert len(ids) == len(set(ids)), sorted(it for it in ids if ids.count(it) > 1)
    for field in html.select("input:not([type=hidden]), select, textarea"):
        labelled = field.get("aria-label") or field.find_parent("label")
        assert labelled or html.find("label", attrs={"for": field["id"]}), field
    for tag in html.select("[aria-labelledby], [aria-describedby]"):
        for word in (tag.get("aria-labelledby") or tag["aria-describedby"]).split():
            assert word in ids, word
    for anchor in html.select('a[href^="#"]'):
        assert anchor["href"][1:] in ids, anchor
    for link in html.select("a, button"):
        assert link.text.strip() or link.get("aria-label"), link
    for header in html.select("th"):
        assert header.get("scope"), header
    names = [nav.get("aria-label") for nav in html.find_all("nav")]
    assert all(names)
    assert len(names) == len(set(names))
    levels = [int(tag.name[1]) for tag in html.find_all(re.compile(r"^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def check_harmless(page: TestResponse) -> None:
    """Nothing runs, nothing is styled in place, nothing is loaded from or sent to elsewhere."""
    html = page.html
    assert all(urlsplit(it.get("src", "x:")).netloc == "" for it in html.find_all("script"))
    assert all(it.get("src", "").startswith("/") for it in html.find_all("script"))
    assert not html.find_all(["style", "iframe", "object", "embed", "base", "img"])
    assert not html.find_all(style=True)
    assert not [name for tag in html.find_all(True) for name in tag.attrs if _is_handler(name)]
    for tag in html.find_all(href=True):
        assert urlsplit(tag["href"]).scheme in ("", "http", "https", "mailto"), tag
    for tag in html.find_all(href=True):
        if urlsplit(tag["href"]).netloc:
            assert tag.name == "a", tag
            assert "noopener" in tag.get("rel", []), tag
    for form in html.find_all("form"):
        assert form.get("action", "/").startswith("/"), form


def _is_handler(name: Any) -> bool:
    return str(name).lower().startswith("on")
