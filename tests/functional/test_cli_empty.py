"""Lists that are empty say so, on stderr: data is what goes to stdout."""

import pytest

from tests.commandline import Keeper
from tests.factories import wheel

EMPTY = {
    "list": "no projects in stable",
    "list -i +incubator six": "no projects in incubator whose names begin with six",
    "user list": "no users",
    "group list": "no groups",
    "token list": "no tokens",
    "webhook list": "no webhooks",
    "promotions +stable": "no promotions into stable",
    "log --by nobody": "nothing found",
    "log --site --by nobody": "nothing found",
    "trash list": "the trash is empty",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty") / "var"
    Keeper(folder)("index list")
    return folder


@pytest.mark.parametrize(("line", "words"), EMPTY.items())
def test_an_empty_list_says_so_beside_the_data(data, line, words):
    assert Keeper(data)(line) == (0, "", f"{words}\n")


@pytest.mark.parametrize("line", EMPTY)
def test_programs_and_who_wants_quiet_are_told_nothing(data, line):
    assert Keeper(data)(f"--json {line}").err == ""
    assert Keeper(data)(f"-q {line}") == (0, "", "")


def test_a_project_without_owners_and_a_webhook_without_messages_say_so(tmp_path):
    mypi = Keeper(tmp_path / "var")
    mypi.publish("stable", wheel("six", "1.0"))
    mypi("webhook add http://127.0.0.1:9/")
    number = mypi("--json webhook list").json["webhooks"][0]["id"]

    assert mypi("owner list six") == (0, "", "six has no owners\n")
    assert mypi(f"webhook log {number}") == (0, "", "no messages yet\n")
