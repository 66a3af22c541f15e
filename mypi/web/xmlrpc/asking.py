"""What a method is told besides its arguments."""

from dataclasses import dataclass

from mypi.model import Index
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.lookup import Found
from mypi.web.caching import BodyCache
from mypi.web.frame.addresses import Addresses


@dataclass(frozen=True)
class Asked:
    """Who asks, which index, by which addresses; ``bodies`` keeps what is dear to make."""

    access: Access
    index: Index
    here: Addresses
    bodies: BodyCache

    def project(self, name: str) -> Found | None:
        """The project of that name, in any spelling, as the index shows it."""
        return lookup.find(self.access, self.index, name)
