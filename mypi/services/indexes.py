"""Make, change, rename and delete indexes at run time."""

from collections.abc import Mapping
from typing import Any

from mypi.errors import Conflict, Missing, Refused
from mypi.model import Index, IndexPolicy, Site, Trashed
from mypi.model.policy import DAY, TRASH_DAYS
from mypi.names import check_index_name
from mypi.permissions import Scope
from mypi.services import policies
from mypi.services.actor import Actor
from mypi.services.ids import new_id


def create(site: Site, name: str, values: Mapping[str, Any], actor: Actor) -> Index:
    """A new index; ``values`` are attributes of its policy.  Raises Refused and Conflict."""
    _check_free(site, check_index_name(name))
    index = Index(name, IndexPolicy(name))
    policies.apply(site, index, values)
    site.indexes[name] = index
    site.journal.append(actor.entry(f"create index {name}"))
    return index


def change(site: Site, index: Index, values: Mapping[str, Any], actor: Actor) -> None:
    """Other values of the policy; what is not named stays.  Raises Refused."""
    changed = ", ".join(policies.apply(site, index, values))
    if changed:
        index.journal.append(actor.entry("change policy", detail=changed))
        site.journal.append(actor.entry(f"change index {index.name}", detail=changed))


def rename(site: Site, index: Index, new: str, *, default: str, actor: Actor) -> None:
    """Another name.  The journal stays; the bases of others and the scopes of tokens follow.

    Each address changes with the name, those of files too: no link to the old one leads anywhere.
    What is told of the past, journals and where files were promoted from, keeps the old name.
    Raises Refused for the default index, which the settings name, and Conflict.
    """
    old = index.name
    if new == old:
        return
    if old == default:
        raise Refused(
            f"{old} is the default index; its name is in the settings (mypi.default_index)."
        )
    _check_free(site, check_index_name(new))
    policies.hold_bases(site)
    del site.indexes[old]
    site.indexes[new] = index
    index.name = new
    if index.policy.title == old:
        index.policy.title = new
    for other in site.indexes.values():
        if old in other.policy.bases:
            other.policy.bases = _renamed(other.policy.bases, old, new)
    for token in site.tokens.values():
        if old in token.scope.indexes:
            scope = token.scope
            indexes = _renamed(scope.indexes, old, new)
            token.scope = Scope(indexes, scope.projects, scope.permissions)
    index.policy._p_changed = True  # what is uploaded under the old name meanwhile conflicts
    site.journal.append(actor.entry(f"rename index {old}", detail=f"now {new}"))


def delete(site: Site, index: Index, *, default: str, force: bool, actor: Actor) -> Trashed:
    """Move an index with all it has to the site's trash.

    Refused for the default index, and while others have it as a base unless ``force``: then it is
    taken out of their bases, where a restored one has to be added by hand.
    """
    name = index.name
    if name == default:
        raise Refused(f"{name} is the default index; it cannot be deleted.")
    standing = [other for other in site.indexes.values() if name in other.policy.bases]
    if standing and not force:
        raise Refused(
            f"{name} is a base of {', '.join(other.name for other in standing)}; change their "
            "bases first, or delete it with force."
        )
    for other in standing:
        other.policy.bases = tuple(base for base in other.policy.bases if base != name)
    policies.hold_bases(site)
    del site.indexes[name]
    index.policy._p_changed = True  # what is uploaded there meanwhile conflicts
    trashed = Trashed(
        new_id(actor.now), "index", index, size=index.size(), by=actor.by, now=actor.now
    )
    site.trash[trashed.id] = trashed
    site.journal.append(actor.entry(f"delete index {name}"))
    return trashed


def restore(site: Site, number: str, actor: Actor) -> Index:
    """Put a deleted index back; raises Missing, and Conflict when its name is taken."""
    trashed: Trashed | None = site.trash.get(number)
    if trashed is None:
        raise Missing(f"There is no index with the id {number[:80]} in the trash.")
    index: Index = trashed.what
    _check_free(site, index.name)
    policies.hold_bases(site)
    site.indexes[index.name] = index
    known = set(site.indexes)
    index.policy.bases = tuple(base for base in index.policy.bases if base in known)
    del site.trash[number]
    site.journal.append(actor.entry(f"restore index {index.name}"))
    return index


def purge(site: Site, actor: Actor, *, everything: bool = False) -> int:
    """Throw deleted indexes away after 30 days, or all at once; returns bytes.

    Their journals stay.
    """
    old = [
        trashed
        for trashed in site.trash.values()
        if everything or trashed.when + TRASH_DAYS * DAY <= actor.now
    ]
    for trashed in old:
        index: Index = trashed.what
        site.former[f"{index.name} {trashed.id}"] = index.journal
        del site.trash[trashed.id]
        site.journal.append(actor.entry(f"purge index {index.name}"))
    return sum(trashed.size for trashed in old)


def _check_free(site: Site, name: str) -> None:
    if name in site.indexes:
        raise Conflict(f"There is an index {name} already; choose another name.")


def _renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)
