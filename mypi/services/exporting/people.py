"""The site as a document of the neutral format: its indexes, who logs in, and its webhooks."""

from mypi.model import Journal, Site, Token, User, Webhook
from mypi.model.arriving import Arriving
from mypi.services.exporting.encoding import moment, moment_or_none
from mypi.services.exporting.format import (
    GroupDocument,
    SiteDocument,
    TokenDocument,
    UserDocument,
    WebhookDocument,
)

JOURNAL = "journal.jsonl"


def site(it: Site, *, secrets: bool) -> SiteDocument:
    """Indexes and people; without ``secrets`` no password hashes, no tokens and no webhooks."""
    places = {journal._p_oid: where for where, journal in journals(it).items()}
    return SiteDocument(
        indexes=list(it.indexes),
        users=[_user(each, secrets) for each in it.users.values()],
        groups=[
            GroupDocument(name=each.name, members=list(each.members)) for each in it.groups.values()
        ],
        tokens=[_token(each) for each in it.tokens.values()] if secrets else [],
        webhooks=[
            _webhook(each, places)
            for each in (it.webhooks or {}).values()
            # One of an index that is gone for good will never tell of anything again.
            if secrets and (each.journal is None or each.journal._p_oid in places)
        ],
    )


def journals(it: Site | Arriving) -> dict[str, Journal]:
    """Every journal of an index, by its path in an export."""
    found = {f"indexes/{name}/{JOURNAL}": index.journal for name, index in it.indexes.items()}
    found |= {f"trash/{number}/{JOURNAL}": each.what.journal for number, each in it.trash.items()}
    return found


def _user(it: User, secrets: bool) -> UserDocument:
    password = it.password if secrets else ""
    return UserDocument(
        name=it.name, created=moment(it.created), session=it.session, password=password
    )


def _token(it: Token) -> TokenDocument:
    return TokenDocument(
        id=it.id,
        user=it.user,
        digest=it.digest,
        label=it.label,
        created=moment(it.created),
        expires=moment_or_none(it.expires),
        last_used=moment_or_none(it.last_used),
        indexes=list(it.scope.indexes),
        projects=list(it.scope.projects),
        permissions=list(it.scope.permissions),
    )


def _webhook(it: Webhook, places: dict[bytes, str]) -> WebhookDocument:
    return WebhookDocument(
        id=it.id,
        url=it.url,
        secret=it.secret,
        events=list(it.events),
        index=it.index,
        journal=places[it.journal._p_oid] if it.journal is not None else "",
        by=it.by,
        created=moment(it.created),
    )
