"""Who does something: what the journal keeps of a person and of the client they use."""

from dataclasses import dataclass

from mypi.model.journal import Entry


@dataclass(frozen=True)
class Actor:
    """Who acts (empty: a stranger in the open mode), when (seconds since the epoch), from where."""

    by: str
    now: float
    client: str = ""
    address: str = ""

    def entry(
        self,
        action: str,
        project: str = "",
        version: str = "",
        filename: str = "",
        detail: str = "",
    ) -> Entry:
        """A line of the journal."""
        return Entry(
            self.now,
            self.by,
            action,
            project,
            version,
            filename,
            self.client,
            self.address,
            detail,
        )
