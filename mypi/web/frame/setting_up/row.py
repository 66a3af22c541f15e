"""A row of the set-up page, and what its texts depend on."""

from typing import NamedTuple

from mypi.web.frame.addresses import Addresses
from mypi.web.frame.snippets import Snippet

TOKEN = "YOUR-TOKEN"  # noqa: S105 - what people replace by theirs


class Row(NamedTuple):
    """A tool, for what it is used, and its snippets."""

    tool: str
    purpose: str
    snippets: tuple[Snippet, ...]

    @property
    def id(self) -> str:
        """A word for links to the row."""
        return "".join(c if c.isalnum() else "-" for c in self.tool.lower()).strip("-")


class Setting(NamedTuple):
    """What the texts depend on: the index's addresses, and who needs a login for what."""

    here: Addresses
    is_open: bool = True
    is_public: bool = True
    """Whether installing needs no login."""

    @property
    def url(self) -> str:
        """The index URL, with the place for a token where reading needs one."""
        if self.is_public:
            return self.here.url
        return self.here.url.replace("://", f"://__token__:{TOKEN}@", 1)

    @property
    def login(self) -> tuple[str, str]:
        """A user name and a password to publish with."""
        return ("any", "any") if self.is_open else ("__token__", TOKEN)
