"""Long lists, a page at a time, by addresses that can be kept."""

from typing import Any, NamedTuple

from mypi.errors import Missing, Refused

AROUND = 2
"""Pages before and after the current one that are linked."""
MAX_PAGE = 10_000


class Link(NamedTuple):
    """A page of the list; an empty label stands for those left out."""

    label: str
    address: str
    current: bool


class Paging(NamedTuple):
    """``start`` is the place of the first entry, ``links`` is empty when one page has all."""

    start: int
    links: list[Link]
    newer: str
    older: str


def asked(request: Any) -> int:
    """The page that ``?page=`` asks for, from 1; raises Refused."""
    text = request.GET.get("page", "1")
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_PAGE:
        raise Refused(f"page: {text[:20]!r} is no number of a page; they begin with 1.")
    return int(text)


def page(address: str, number: int, total: int, size: int) -> Paging:
    """Page ``number`` of a list of ``total`` entries; raises Missing beyond the last one."""
    last = max(1, -(-total // size))
    if number > last:
        raise Missing(f"There is no page {number} here; the last one is {last}.")
    links: list[Link] = []
    if last > 1:
        wanted = {1, last, *range(number - AROUND, number + AROUND + 1)}
        for it in range(1, last + 1) if last < 1000 else sorted(wanted):
            if it in wanted and 1 <= it <= last:
                links.append(Link(str(it), at(address, it), it == number))
            elif links and links[-1].label:
                links.append(Link("", "", False))
    return Paging(
        (number - 1) * size,
        links,
        at(address, number - 1) if number > 1 else "",
        at(address, number + 1) if number < last else "",
    )


def at(address: str, number: int) -> str:
    """The address of a page; ``address`` may have a query."""
    mark = "&" if "?" in address else "?"
    return address if number == 1 else f"{address}{mark}page={number}"
