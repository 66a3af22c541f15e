"""``GET /+api/v1/indexes/{index}/check``: an upload is judged before it is sent."""

import pytest

from mypi.permissions import Scope
from tests.factories import wheel
from tests.inside import state
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import publish

CHECK = "/+api/v1/indexes/stable/check"


def ask(app, filename="six-1.0-py3-none-any.whl", status=200, headers=None, **more):
    return app.get(CHECK, {"filename": filename, **more}, status=status, headers=headers).json


def test_a_new_file_may_come_and_its_limit_is_told(app):
    it = ask(app, size=10)

    assert (it["verdict"], it["project"], it["version"]) == ("new", "six", "1.0")
    assert it["max_upload"] == 2**30


def test_what_is_there_and_what_is_wrong_is_told(app, wsgi):
    publish(app, wheel("six", "1.0"))
    set_policy(wsgi, "stable", max_file=2000)

    assert ask(app)["verdict"] == "exists"
    assert ask(app, "notes.txt")["verdict"] == "refused"
    large = ask(app, "six-1.1-py3-none-any.whl", size=2001)
    assert large["verdict"] == "refused"
    assert large["max_upload"] == 2000


def test_asking_changes_nothing(app, wsgi, data):
    before = state(wsgi, data)

    ask(app)

    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    "query", [{}, {"filename": "x-1.zip", "size": "many"}, {"filename": "x", "size": "-1"}]
)
def test_a_question_that_makes_no_sense_is_refused(app, query):
    assert app.get(CHECK, query, status=400).json["status"] == 400


def test_who_may_not_upload_is_told_that_alone(app, wsgi):
    publish(app, wheel("six", "1.0"))
    add_users(wsgi, "root", "ada")

    assert ask(app)["verdict"] == "forbidden"
    assert ask(app, "nothing.at.all")["message"] == ask(app)["message"]
    assert ask(app, headers=basic("ada"))["verdict"] == "exists"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(permissions=("read",)), "do not let it upload to the index stable."),
        (Scope(projects=("seven",)), "do not let it upload six to the index stable."),
    ],
)
def test_who_comes_with_a_limited_token_is_told_of_its_limits(app, wsgi, scope, words):
    add_users(wsgi, "root", "ada")

    told = ask(app, headers=bearer(add_token(wsgi, "ada", scope)))

    assert told["verdict"] == "forbidden"
    assert told["message"] == f"The limits of this token {words}"
