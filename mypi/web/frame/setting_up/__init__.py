"""Every tool's configuration for one index: the rows of the set-up page.

One table, so that the page shows and the client tests run the same texts.  What a whole file holds
can be downloaded under its name.
"""

from mypi.web.frame.addresses import Addresses
from mypi.web.frame.setting_up import building, installing, publishing
from mypi.web.frame.setting_up.row import TOKEN, Row, Setting

__all__ = ["TOKEN", "Row", "Setting", "files", "rows"]


def rows(here: Addresses, *, is_open: bool = True, is_public: bool = True) -> list[Row]:
    """All rows, in the order of the page."""
    it = Setting(here, is_open, is_public)
    return [*installing.rows(it), *publishing.rows(it), *building.rows(it)]


def files(shown: list[Row]) -> dict[str, str]:
    """Whole files by name."""
    return {it.filename: it.text + "\n" for row in shown for it in row.snippets if it.filename}
