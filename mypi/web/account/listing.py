"""Tokens as plain values for the page: what there is, and the form to make one."""

from datetime import date
from typing import NamedTuple

from mypi.model import Token
from mypi.permissions import PERMISSIONS
from mypi.services.access import Access
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.forms import Choice, Field, Form, boxes
from mypi.web.frame.words import Moment, moment, scope_in_words

EXPIRY = {"30": "30 days", "90": "90 days", "365": "A year", "0": "Never"}
"""Days -> words."""


class Row(NamedTuple):
    """A token as its owner sees it."""

    id: str
    label: str
    scope: str
    made: Moment
    expires: str
    used: str
    revoke: Form


def own(access: Access, here: Addresses, today: date) -> list[Row]:
    """The tokens of who is logged in, newest first."""
    name = access.identity.name
    mine = [token for token in access.site.tokens.values() if token.user == name]
    mine.sort(key=lambda token: token.created, reverse=True)
    return [_row(token, here, today) for token in mine]


def form(access: Access, here: Addresses) -> Form:
    """What a new token is for."""
    names = sorted(
        name
        for name, index in access.site.indexes.items()
        if access.may("read", index) or access.may("upload", index)
    )
    return Form(
        f"{here.account}/tokens",
        "Make the token",
        (
            Field("label", "Label", hint="Where it is used: laptop, CI of the website."),
            Field("permissions", "It may", "", "boxes", "None ticked: all that you may.")._replace(
                choices=boxes(PERMISSIONS, ("read", "upload"))
            ),
            Field("indexes", "In the indexes", "", "boxes", "None ticked: in all.")._replace(
                choices=boxes(names)
            ),
            Field(
                "projects",
                "Only these projects",
                hint="Names with blanks between. Empty: all. Reading is never limited by it.",
            ),
            Field("expires", "Expires after", "", "select")._replace(
                choices=tuple(Choice(days, label, days == "90") for days, label in EXPIRY.items())
            ),
        ),
    )


def _row(token: Token, here: Addresses, today: date) -> Row:
    expires = moment(token.expires, today).full[:10] if token.expires is not None else "never"
    used = moment(token.last_used, today).age if token.last_used is not None else "never"
    revoke = Form(
        f"{here.account}/revoke",
        "Revoke",
        hidden=(("id", token.id),),
        tone="danger",
        of=token.label or token.id,
    )
    made = moment(token.created, today)
    return Row(token.id, token.label, scope_in_words(token.scope), made, expires, used, revoke)
