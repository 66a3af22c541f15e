"""Promote a release: the plan, the act, and what it came to."""

import time
from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing, MypiError
from mypi.model import Index
from mypi.services import promote
from mypi.services.wanted import Wanted
from mypi.web import frame, redirects
from mypi.web.frame import addresses, forms, snippets
from mypi.web.frame.forms import Field, Form
from mypi.web.frame.words import moment
from mypi.web.pages import plans, rights
from mypi.web.resources import ReleaseDoor
from mypi.web.security import actor, demand

NOTICES = {"nothing": "Nothing was new: the target has all of these files already."}


@view_config(context=ReleaseDoor, name="+promote", request_method="GET", permission="read")
def plan(context: ReleaseDoor, request: Any, problem: MypiError | None = None) -> Response:
    """What promoting would do: file by file, what is missing, who would get another version."""
    may = rights.of(context, context.release)
    if not may.targets:
        raise HTTPForbidden
    here = addresses.of_index(request, may.held_by)
    page = here.release(context.found.project.name, context.release.version)
    if may.held_by != context.index.name and problem is not None:
        raise problem
    if may.held_by != context.index.name:
        return redirects.see_other(request, page.removeprefix(here.root) + "+promote")
    target = _target(context, request, request.params.get("into") or may.targets[0])
    closure = bool(request.params.get("dependencies"))
    source, project = rights.holder(context, context.release)
    wanted = [Wanted(project.name, context.release.version)]
    who = actor(request)
    asked = promote.plan(context.access, source, target, wanted, closure=closure, actor=who)
    whole = asked
    if not closure:
        whole = promote.plan(context.access, source, target, wanted, closure=True, actor=who)
    hidden = (("into", target.name), *((("dependencies", "on"),) if closure else ()))
    note = Field("note", "Note", hint="Why; kept with the files and in the log.")
    form = Form(f"{page}+promote", f"Promote to {target.name}", (note,), hidden=hidden)
    values = plans.shown(context.release, project, asked, whole) | {
        "name": project.name,
        "version": context.release.version,
        "page": page,
        "source": source.name,
        "target": target.name,
        "targets": may.targets,
        "closure": closure,
        "form": forms.refilled(form, request, problem),
        "current": source.name,
    }
    return frame.page(context, request, "promote", values, problem=problem, notices=NOTICES)


@view_config(
    context=ReleaseDoor,
    name="+promote",
    request_method="POST",
    permission="read",
    require_csrf=True,
)
@forms.or_shown_on(plan)
def do(context: ReleaseDoor, request: Any) -> Response:
    """Promote: all of the plan, or nothing."""
    source, project = rights.check_own(context)
    target = _target(context, request, forms.text(request, "into"))
    _done, promotion = promote.promote(
        context.access,
        source,
        target,
        [Wanted(project.name, context.release.version)],
        closure=forms.ticked(request, "dependencies"),
        note=forms.text(request, "note"),
        actor=actor(request),
    )
    here = addresses.of(context, request)
    page = here.release(project.name, context.release.version)
    if promotion is None:
        return frame.go(request, page + "+promote", "nothing", into=target.name)
    return frame.go(request, page + "+promoted", into=target.name, id=promotion.id)


@view_config(context=ReleaseDoor, name="+promoted", request_method="GET", permission="read")
def result(context: ReleaseDoor, request: Any) -> Response:
    """What a promotion came to: where the release is now, how to install it, how to undo it."""
    target = _target(context, request, request.params.get("into", ""))
    done = target.promotions.get(request.params.get("id", ""))
    if done is None or done.undone is not None:
        raise Missing(f"There is no such promotion into {target.name}, or it was undone.")
    here = addresses.of(context, request)
    there = addresses.of_index(request, target.name)
    name, version = context.found.project.name, context.release.version
    today = datetime.fromtimestamp(time.time(), UTC).date()
    values = {
        "name": name,
        "version": version,
        "page": here.release(name, version),
        "target": target.name,
        "there": there.release(name, version),
        "install": snippets.install(there, name, version),
        "files": done.files,
        "by": done.by,
        "when": moment(done.when, today),
        "note": done.note,
        "days": target.policy.trash_days,
        "undo": Form(
            f"{here.managing(target.name)}undo",
            "Undo the promotion",
            hidden=(("id", done.id),),
            tone="danger",
        ),
        "current": context.index.name,
    }
    return frame.page(context, request, "promoted", values)


def _target(context: ReleaseDoor, request: Any, name: str) -> Index:
    """An index that the reader may promote into; one that they may not read is not there."""
    target = context.access.index(name)
    if target is None:
        raise Missing(f"into: there is no index {name[:80]!r}.")
    demand(request, "promote", target, context.found.project)
    return target
