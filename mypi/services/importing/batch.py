"""Take a batch of imported files into an index, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mypi import filenames
from mypi.errors import MypiError
from mypi.model import Index
from mypi.services import lifecycle
from mypi.services.actor import Actor
from mypi.services.publish import publish
from mypi.services.receive import Upload

PUBLISHED, UNCHANGED, REFUSED = "published", "unchanged", "refused"
MAX_BY = 80


@dataclass(frozen=True)
class Arrived:
    """A file that came, checked; and what its source says of it, see ``source.Entry``.

    ``note`` is what its keeper should know, although it is taken.
    """

    upload: Upload
    uploaded: float | None = None
    yanked: str | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a file; ``message`` is the sentence of a refusal, or a note."""

    filename: str
    outcome: str
    message: str = ""


def take(index: Index, arrived: Sequence[Arrived], actor: Actor) -> list[Outcome]:
    """Publish each; one that is refused does not cost the others."""
    return [_take(index, it, actor) for it in arrived]


def here(index: Index, names: Iterable[str]) -> dict[str, str]:
    """Those of the file names that the index has, with the SHA-256 of each."""
    found = {}
    for filename in names:
        try:
            project = index.project(filenames.parse(filename).project)
        except MypiError:
            continue
        if project is not None and filename in project.links:
            found[filename] = project.links[filename][2]
    return found


def _take(index: Index, it: Arrived, actor: Actor) -> Outcome:
    filename = it.upload.name.filename
    # Nobody published in the future, whatever the clock of the source says.
    when = min(it.uploaded, actor.now) if it.uploaded is not None else actor.now
    first = replace(actor, by=_name(it.by) or actor.by, now=when)
    try:
        done = publish(index, it.upload, actor, first=first)
        if it.yanked is not None and done.new:
            reason = "".join(letter for letter in it.yanked if letter.isprintable())
            reason = reason[: lifecycle.MAX_REASON]
            lifecycle.yank(index, done.project, done.version, reason, actor, filename)
    except MypiError as error:
        return Outcome(filename, REFUSED, str(error))
    return Outcome(filename, PUBLISHED if done.new else UNCHANGED, it.note)


def _name(text: str) -> str:
    return text if text.isprintable() and len(text) <= MAX_BY else ""
