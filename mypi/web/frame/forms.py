"""Forms: what their fields are, how the answers are read, and what becomes of a refusal.

The template ``form.pt`` draws them; every one carries the token that other sites' pages lack.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import unquote

from pyramid.exceptions import BadCSRFToken
from pyramid.response import Response
from pyramid.view import exception_view_config

from mypi.errors import MypiError, Refused, TooLarge
from mypi.web import errors

MAX_FORM = 2**18
"""Bytes of a form that is read into memory; uploads have a reader of their own."""

TOO_OLD = "This form is too old. Load the page again, and send it once more."

View = Callable[[Any, Any], Response]


class Choice(NamedTuple):
    """One of several answers: of a list, or a box to tick."""

    value: str
    label: str
    chosen: bool = False


class Field(NamedTuple):
    """A question; ``kind`` is the type of an input, or area, select, box, boxes.

    ``hint`` says what the answer means; ``error`` what is wrong with it.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    autocomplete: str = "off"
    required: bool = False
    error: str = ""

    @property
    def is_code(self) -> bool:
        """Whether spelling must not be corrected."""
        return self.kind in ("text", "password", "search")


class Group(NamedTuple):
    """Questions under one heading, with a word on them; ``said`` is what the answers come to."""

    legend: str
    fields: tuple[Field, ...]
    note: str = ""
    said: str = ""


class Form(NamedTuple):
    """A form: where it goes, its questions, and the verb on its button.

    ``hidden`` are answers that are known; ``tone`` is ``danger`` for what is not undone by a click.
    """

    action: str
    button: str
    fields: tuple[Field, ...] = ()
    groups: tuple[Group, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    tone: str = ""
    of: str = ""
    """What the button acts on, for those who hear it out of its row."""
    user: str = ""
    """Whose password it is, for password managers."""

    @property
    def id(self) -> str:
        """A word that no other form of the page has."""
        values = [self.action.rstrip("/").rpartition("/")[2], *(it[1] for it in self.hidden)]
        return "-".join("".join(c if c.isalnum() else "-" for c in value) for value in values)


def text(request: Any, name: str) -> str:
    """What was typed into a field, without blanks around it."""
    return typed(request, name).strip()


def typed(request: Any, name: str) -> str:
    """What was typed into a field, as it is; for passwords."""
    value = request.POST.get(name, "")
    if not isinstance(value, str):
        raise Refused(f"{name}: a file came where a text is wanted.")
    return value.replace("\r\n", "\n")


def words(request: Any, name: str) -> tuple[str, ...]:
    """Words between blanks, commas or line ends, each once."""
    return tuple(dict.fromkeys(text(request, name).replace(",", " ").split()))


def ticked(request: Any, name: str) -> bool:
    """Whether a box is ticked."""
    return bool(text(request, name))


def chosen(request: Any, name: str) -> tuple[str, ...]:
    """The boxes of a group that are ticked."""
    return tuple(str(value) for value in request.POST.getall(name))


def boxes(values: Any, on: Any = (), labels: Any = None) -> tuple[Choice, ...]:
    """Choices of plain words, those in ``on`` being chosen."""
    return tuple(Choice(it, (labels or {}).get(it, it), it in on) for it in values)


def refilled(form: Form, request: Any, problem: MypiError | None) -> Form:
    """A form as it came, with its problem at the field that it names; passwords stay empty.

    Other forms of the page are left alone.
    """
    if problem is None or unquote(form.action) != unquote(request.path):
        return form

    def again(field: Field) -> Field:
        said = str(problem)
        error = said if said.startswith(f"{field.name}:") else ""
        if field.name not in request.POST and field.kind not in ("box", "boxes"):
            return field._replace(error=error)
        if field.kind == "password":
            return field._replace(error=error)
        values = {str(it) for it in request.POST.getall(field.name)}
        choices = tuple(it._replace(chosen=it.value in values) for it in field.choices)
        value = str(request.POST.get(field.name, ""))
        return field._replace(value=value, choices=choices, error=error)

    groups = tuple(it._replace(fields=tuple(map(again, it.fields))) for it in form.groups)
    return form._replace(fields=tuple(map(again, form.fields)), groups=groups)


def or_shown_on(page: Callable[..., Response]) -> Callable[[View], View]:
    """A refusal of the view becomes ``page(context, request, problem=…)``, with its status.

    Whatever was stored until then is not: an answer of 4xx is never committed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(context: Any, request: Any) -> Response:
            try:
                return view(context, request)
            except MypiError as problem:
                return page(context, request, problem=problem)

        return shown

    return decorate


def bounded(view: View, info: Any) -> View:
    """View deriver: a form is measured before it is read."""
    if not info.options.get("require_csrf"):
        return view

    def measured(context: Any, request: Any) -> Response:
        if (request.content_length or 0) > MAX_FORM:
            raise TooLarge(f"The form is larger than {MAX_FORM} bytes; send less at a time.")
        return view(context, request)

    return measured


@exception_view_config(BadCSRFToken)
def too_old(error: BadCSRFToken, request: Any) -> Response:
    """The form comes from another browser, another site, or from long ago."""
    return errors.answer(request, 400, TOO_OLD)


def includeme(config: Any) -> None:
    """Forms are measured, and those of strangers refused.

    Where a form comes from is the business of ``mypi.web.origin``, which knows the site's address.
    """
    config.set_default_csrf_options(require_csrf=False, check_origin=False)
    config.add_view_deriver(bounded, name="bounded", under="secured_view", over="csrf_view")
    config.scan(__name__)
