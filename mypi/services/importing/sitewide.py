"""What an export says of the site, and of each index as a whole, brought back."""

import re
from collections.abc import Mapping

from mypi.errors import Refused
from mypi.model import Entry, Group, Index, IndexPolicy, Site, Token, User, Webhook
from mypi.model.arriving import PARTS, Arriving
from mypi.model.downloads import KINDS, Downloads, ProjectDownloads
from mypi.names import check_index_name
from mypi.permissions import Scope, check_login, check_permissions
from mypi.services import policies
from mypi.services.exporting import people
from mypi.services.exporting.encoding import seconds, seconds_or_none
from mypi.services.exporting.format import (
    DownloadsDocument,
    EntryDocument,
    IndexDocument,
    SiteDocument,
    TokenDocument,
    UserDocument,
    WebhookDocument,
)
from mypi.services.importing.nouns import promotion
from mypi.services.passwords import is_hash
from mypi.services.webhooks import EVENTS
from mypi.services.webhooks.addresses import check_url

_ID = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def index(site: Site, told: IndexDocument) -> Index:
    """An index without anything in it, and, until all are there, without bases."""
    it = Index(check_index_name(told.name), IndexPolicy())
    policies.apply(site, it, {name: it for name, it in told.policy.items() if name != "bases"})
    return it


def fill_index(it: Index, told: IndexDocument) -> None:
    """What is told of an index when its projects are there."""
    it.reserved.update(told.reserved)
    it.promotions.update({each.id: promotion(each) for each in told.promotions})
    it.downloads.oldest = told.recent_since
    recent: dict[str, int] = {}
    for day, name, number in told.recent:
        it.downloads.days[day, name] = number
        recent[name] = recent.get(name, 0) + number
    it.downloads.recent.update(recent)


def add_downloads(it: Downloads, name: str, told: DownloadsDocument) -> None:
    """The downloads of one project."""
    made = it.projects[name] = ProjectDownloads()
    made.total = told.total
    made.folded = told.folded
    for kind, day, value, number in told.rows:
        if kind not in KINDS:
            raise Refused(f"The downloads of {name} count {kind[:80]!r}, which nobody knows.")
        made.rows[kind, day, value] = number


def entry(told: EntryDocument) -> Entry:
    """A line of a journal."""
    values = {name: getattr(told, name) for name in Entry._fields if name != "when"}
    return Entry(when=seconds(told.when), **values)


def add_people(arriving: Arriving, told: SiteDocument) -> None:
    """Users, groups and tokens; raises Refused."""
    for user in told.users:
        arriving.users[check_login(user.name)] = _user(user)
    for group in told.groups:
        arriving.groups[check_login(group.name)] = Group(group.name, tuple(group.members))
    for token in told.tokens:
        arriving.tokens[token.id] = _token(token)


def add_webhooks(arriving: Arriving, told: SiteDocument) -> None:
    """Webhooks, when all journals are there: they are told what happens from then on."""
    journals = people.journals(arriving)
    for each in told.webhooks:
        it = arriving.webhooks[each.id] = _webhook(each, journals)
        for journal in journals.values():
            if it.journal is None or it.journal is journal:
                it.progress.serials[journal._p_oid] = len(journal)


def settle(site: Site, arriving: Arriving, bases: Mapping[str, list[str]]) -> None:
    """What has arrived is the site from now on; raises Refused for bases that cannot be."""
    for journal in (site.journal, *(it.journal for it in site.indexes.values())):
        # Whoever changes anything meanwhile writes a journal; neither act must hide the other.
        journal.chunks[journal.chunks.maxKey()].sealed = True
    for name in PARTS:
        setattr(site, name, getattr(arriving, name))
    for name, wanted in bases.items():
        policies.apply(site, site.indexes[name], {"bases": wanted})
    arriving.done = True
    arriving.begin()


def is_new(site: Site) -> bool:
    """Whether nobody has done anything here yet."""
    things = (site.users, site.groups, site.tokens, site.trash, site.former, site.webhooks or ())
    if len(site.journal) or any(len(it) for it in things):
        return False
    return not any(len(it.journal) or len(it.projects) for it in site.indexes.values())


def _user(told: UserDocument) -> User:
    if told.password and not is_hash(told.password):
        raise Refused(f"What is told of the password of {told.name} is no argon2 hash.")
    it = User(told.name, told.password, now=seconds(told.created))
    it.session = told.session
    return it


def _token(told: TokenDocument) -> Token:
    if not _ID.fullmatch(told.id) or not _DIGEST.fullmatch(told.digest):
        raise Refused(f"{told.id[:80]!r} is no token: an id and a SHA-256 are wanted.")
    scope = Scope(tuple(told.indexes), tuple(told.projects), check_permissions(told.permissions))
    it = Token(
        told.id,
        check_login(told.user),
        told.digest,
        scope,
        label=told.label,
        now=seconds(told.created),
        expires=seconds_or_none(told.expires),
    )
    it.last_used = seconds_or_none(told.last_used)
    return it


def _webhook(told: WebhookDocument, journals: Mapping[str, object]) -> Webhook:
    if not _ID.fullmatch(told.id) or not set(told.events) <= set(EVENTS):
        raise Refused(f"{told.id[:80]!r} is no webhook: an id and known events are wanted.")
    if told.journal and told.journal not in journals:
        raise Refused(f"The webhook {told.id} is about {told.journal[:80]!r}, which is not there.")
    return Webhook(
        told.id,
        check_url(told.url),
        told.secret,
        tuple(told.events),
        index=told.index,
        journal=journals[told.journal] if told.journal else None,  # type: ignore[arg-type]
        by=told.by,
        now=seconds(told.created),
    )
