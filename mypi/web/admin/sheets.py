"""What the admin pages have in common: crumbs, sections, and the answer itself."""

from typing import Any

from pyramid.response import Response

from mypi.errors import MypiError
from mypi.web import frame
from mypi.web.admin.doors import AdminDoor, AdminIndex
from mypi.web.frame import addresses, forms
from mypi.web.resources import Door

OF_SITE = {
    "": "Overview",
    "indexes/": "Indexes",
    "users/": "Users and groups",
    "tokens/": "Tokens",
    "trash/": "Trash",
    "webhooks/": "Webhooks",
    "log/": "Log",
}
"""Address below ``/+admin/`` -> its label."""

OF_INDEX = {
    "": ("Policy", "manage"),
    "promotions": ("Promotions", "promote"),
    "trash": ("Trash", "delete"),
    "retention": ("Retention", "manage"),
    "log": ("Log", "manage"),
}
"""Address below an index's -> its label, and the permission that it takes."""

NOTICES = {
    "created": "The index is there. Say below what it allows.",
    "changed": "Kept.",
    "renamed": "It has its new name. Addresses with the old one lead nowhere now.",
    "index-deleted": "The index is in the trash.",
    "deleted": "Deleted. It lies here until its time is over, and can be restored.",
    "restored": "Restored, as it was.",
    "purged": "Gone for good.",
    "emptied": "The trash is emptied. The disk has the room back after the next pack.",
    "undone": "The promotion is undone: what it brought is gone from this index again.",
    "ran": "Done: what went is in the trash.",
    "added": "The user is there.",
    "password": "The password is changed, and every browser of the user logged out.",
    "removed": "Removed.",
    "group": "The group is as you said.",
    "revoked": "The token is revoked.",
    "tested": "The receiver took the test. What failed before is tried again.",
    "webhook-removed": "The webhook is removed: nothing is sent there any more.",
}
"""Words of ``?done=``, for all of the pages."""


def sheet(
    context: Door,
    request: Any,
    template: str,
    section: str,
    values: dict[str, Any],
    problem: MypiError | None = None,
) -> Response:
    """An admin page; forms among ``values`` keep what was typed when there is a problem."""
    values = {key: _again(value, request, problem) for key, value in values.items()}
    values |= {"title": _title(context, section), "crumbs": _crumbs(context, request)}
    values["sections"] = _sections(context, request, section)
    values["current"] = context.index.name if isinstance(context, AdminIndex) else ""
    return frame.page(
        context, request, f"admin_{template}", values, problem=problem, notices=NOTICES
    )


def here_of(context: Door, request: Any) -> str:
    """The address of the index's admin pages."""
    return addresses.of(context, request).managing(context.index.name)


def _again(value: Any, request: Any, problem: MypiError | None) -> Any:
    return forms.refilled(value, request, problem) if isinstance(value, forms.Form) else value


def _title(context: Door, section: str) -> str:
    if isinstance(context, AdminIndex):
        return f"{context.index.name}: {OF_INDEX[section][0].lower()}"
    return OF_SITE[section] if section else "Admin"


def _crumbs(context: Door, request: Any) -> list[tuple[str, str]]:
    here = addresses.of(context, request)
    is_root = isinstance(context, AdminDoor) or not context.access.may_administer()
    crumbs = [] if is_root else [("Admin", here.admin)]
    if isinstance(context, AdminIndex):
        crumbs.append((context.index.name, here.home))
    return crumbs


def _sections(context: Door, request: Any, current: str) -> list[tuple[str, str, bool]]:
    if isinstance(context, AdminIndex):
        base, may = here_of(context, request), context.access.may
        return [
            (label, base + word, word == current)
            for word, (label, permission) in OF_INDEX.items()
            if may(permission, context.index)
        ]
    base = addresses.of(context, request).admin
    return [(label, base + word, word == current) for word, label in OF_SITE.items()]
