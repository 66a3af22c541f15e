"""Marks for relative links and pictures: elements that no README can bring along.

What they mean is found by :mod:`mypi.web.pages.relative`.
"""

from html import escape


def link(address: str, attributes: str) -> tuple[str, str]:
    """What opens and what closes a marked link."""
    return f'<x-link to="{escape(address)}"{attributes}>', "</x-link>"


def image(address: str, words: str, label: str) -> str:
    """A marked picture; ``label`` stands for it where there is none."""
    return f'<x-image to="{escape(address)}" alt="{escape(words)}">{label}</x-image>'
