"""What an archive may cost, and what was found in it."""

from dataclasses import dataclass

from mypi.errors import Refused
from mypi.metadata import Metadata

RATIO_COUNTS_FROM = 64 * 2**20
"""Unpacked bytes from which a high ratio is suspicious; small texts pack very well."""


@dataclass(frozen=True)
class Limits:
    """Limits of one archive; sizes are bytes."""

    max_members: int = 100_000
    max_unpacked: int = 16 * 2**30
    max_ratio: int = 50
    max_metadata: int = 8 * 2**20

    def check(self, label: str, *, members: int, unpacked: int, packed: int) -> None:
        """Raise Refused when an archive of ``packed`` bytes holds too much."""
        if members > self.max_members:
            raise Refused(
                f"{label}: more than {self.max_members} members (setting mypi.max_members)."
            )
        if unpacked > self.max_unpacked:
            raise Refused(
                f"{label}: unpacks to more than {self.max_unpacked} bytes (setting "
                "mypi.max_unpacked)."
            )
        if unpacked > RATIO_COUNTS_FROM and unpacked > packed * self.max_ratio:
            raise Refused(
                f"{label}: unpacks to more than {self.max_ratio} times its size, as archives do "
                "that are made to fill disks (setting mypi.max_ratio)."
            )


@dataclass(frozen=True)
class Inspection:
    """What an honest archive holds.

    ``metadata`` is its METADATA or PKG-INFO byte for byte and ``described`` what that says; both
    are None for kinds that have none.  ``metadata_final``: installers may rely on it, since it is a
    wheel's, or an sdist's of version 2.2 or newer.
    """

    metadata: bytes | None
    described: Metadata | None
    metadata_final: bool
    members: int
    unpacked: int
