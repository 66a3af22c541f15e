"""All indexes: the list, and a new one."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.model import Index
from mypi.services import indexes
from mypi.services.access import grants
from mypi.sizes import size_in_words
from mypi.web import frame
from mypi.web.admin import policy
from mypi.web.admin.doors import AdminIndexes
from mypi.web.admin.sheets import sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Field, Form
from mypi.web.frame.words import plural
from mypi.web.security import actor


@view_config(context=AdminIndexes, request_method="GET", permission="administer")
def show(context: AdminIndexes, request: Any, problem: MypiError | None = None) -> Response:
    """The indexes with their paths of bases, and the form for another."""
    here = addresses.of(context, request)
    rows = [_row(it, here.managing(it.name)) for it in context.access.indexes()]
    create = Form(
        f"{here.admin}indexes/",
        "Create the index",
        (
            Field("name", "Name", hint="Lower-case letters, digits and '-'.", required=True),
            Field("title", "Title"),
            Field("bases", "Bases", context.index.name, hint="It shows what they have as well."),
            Field("volatile", "Volatile", "", "box", policy.BOXES["volatile"][1]),
        ),
    )
    return sheet(context, request, "indexes", "indexes/", {"rows": rows, "create": create}, problem)


@view_config(
    context=AdminIndexes,
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def create(context: AdminIndexes, request: Any) -> Response:
    """A new index; what else it allows is said on its own page."""
    name = forms.text(request, "name")
    values = {
        "title": forms.text(request, "title") or name,
        "bases": forms.words(request, "bases"),
        "volatile": forms.ticked(request, "volatile"),
    }
    made = indexes.create(context.access.site, name, values, actor(request))
    return frame.go(request, addresses.of(context, request).managing(made.name), "created")


def _row(index: Index, address: str) -> dict[str, Any]:
    return {
        "name": index.name,
        "address": address,
        "title": index.policy.title,
        "bases": index.policy.bases,
        "volatile": index.policy.volatile,
        "frozen": index.policy.frozen,
        "projects": plural(index.count(), "project"),
        "size": size_in_words(index.size()),
        "sentence": policy.in_words(grants(index, is_open=False)),
    }
