"""Files that are there already, and projects that take nothing (U-22b, U-24)."""

from functools import partial

import pytest

from tests.factories import sdist, wheel
from tests.inside import actions, blobs, check_wording, database, files, index, refused, send
from tests.wire import UV_ACCEPT, changed, digest, fields_of, requests_upload

NAME, WHEEL = wheel("six", "1.0")
OTHER = wheel("six", "1.0", summary="Other bytes")[1]
minimal = partial(changed, fields_of(NAME, WHEEL))
AS_JSON = {"Accept": UV_ACCEPT}


def test_u24_the_same_bytes_again_are_200_and_change_nothing(app, wsgi, data):
    send(app, requests_upload(minimal()))

    answer = refused(app, wsgi, data, requests_upload(minimal()))

    assert answer.status_int == 200
    assert "nothing changed" in answer.text


@pytest.mark.parametrize("headers", [{}, AS_JSON])
def test_u24_other_bytes_under_a_taken_name_are_409_file_already_exists(app, wsgi, data, headers):
    send(app, requests_upload(minimal()))

    answer = refused(app, wsgi, data, requests_upload(fields_of(NAME, OTHER)), **headers)

    check_wording(answer, 409, "File already exists")
    assert answer.status.startswith("409 File already exists")
    message = answer.json["message"] if headers else answer.text
    assert message.startswith("File already exists")
    assert files(app, "six") == {NAME: digest("sha256", WHEEL)}
    assert blobs(data) == [WHEEL]


def test_a_volatile_index_takes_other_bytes_under_the_same_name(app, wsgi, data):
    send(app, requests_upload(minimal()), "/+incubator/")

    answer = send(app, requests_upload(fields_of(NAME, OTHER)), "/+incubator/")

    assert answer.status_int == 200
    assert files(app, "six", "/+incubator/") == {NAME: digest("sha256", OTHER)}
    assert app.get(f"/packages/incubator/six/{NAME}").body == OTHER
    assert actions(wsgi, "incubator")[-1] == f"replace py3 file {NAME}"


@pytest.mark.on_files
def test_a_volatile_index_lets_go_of_the_bytes_that_were_replaced(app, wsgi, data):
    send(app, requests_upload(minimal()), "/+incubator/")
    send(app, requests_upload(fields_of(NAME, OTHER)), "/+incubator/")

    database(wsgi).pack()

    assert blobs(data) == [OTHER]


def test_a_volatile_index_says_of_a_release_what_its_only_file_says_now(app, wsgi):
    send(app, requests_upload(minimal()), "/+incubator/")

    send(app, requests_upload(fields_of(NAME, OTHER)), "/+incubator/")

    with index(wsgi, "incubator") as it:
        assert it.project("six").release("1.0").fields["summary"] == "Other bytes"


def test_u43_the_first_file_of_a_release_says_what_the_release_is(app, wsgi):
    for name, content in (
        wheel("six", "1.0", summary="First"),
        sdist("six", "1.0", summary="Second"),
    ):
        send(app, requests_upload(fields_of(name, content)))

    with index(wsgi) as it:
        assert it.project("six").release("1.0").fields["summary"] == "First"


# Projects that take nothing


@pytest.mark.parametrize("status", ["archived", "quarantined"])
@pytest.mark.parametrize("reason", ["", "superseded by seven"])
def test_u22b_an_archived_or_quarantined_project_takes_no_files(app, wsgi, data, status, reason):
    send(app, requests_upload(minimal()))
    with index(wsgi) as it:
        it.project("six").status = status
        it.project("six").status_reason = reason

    name, content = wheel("Six", "2.0")
    answer = refused(app, wsgi, data, requests_upload(fields_of(name, content)))

    check_wording(answer, 403, f"six is {status}")
    assert reason in answer.text


def test_u22b_a_deprecated_project_takes_files(app, wsgi):
    send(app, requests_upload(minimal()))
    with index(wsgi) as it:
        it.project("six").status = "deprecated"

    name, content = wheel("six", "2.0")

    assert send(app, requests_upload(fields_of(name, content))).status_int == 200
