"""``mypi webhook``: as the operator types it beside the data."""

import pytest

from mypi.services.webhooks.signing import signature
from tests.commandline import Keeper
from tests.factories import wheel
from tests.receiving import Receiver

URL = "https://hooks.example/mypi"


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


def add(mypi, url=URL, more=""):
    return mypi(f"--json webhook add {url} {more}").json


def test_adding_prints_the_secret_alone_so_that_a_script_can_keep_it(mypi):
    said = mypi(f"webhook add {URL}")

    assert said.out.startswith("whsec-")
    assert len(said.out.splitlines()) == 1
    assert "not shown again" in said.err
    assert mypi(f"-q webhook add {URL}").err == ""


def test_what_is_there_is_listed_with_how_it_goes(mypi):
    add(mypi)
    add(mypi, more="-i +incubator --event publish --event yank")
    mypi.publish("incubator", wheel("six", "1.0"))

    lines = mypi("webhook list").out.splitlines()

    assert lines[0].split() == ["id", "url", "index", "events", "waiting", "state"]
    assert "whsec-" not in "".join(lines)
    listed = mypi("--json webhook list").json["webhooks"]
    assert [it["index"] for it in listed] == ["", "incubator"]
    assert [it["events"] for it in listed] == [[], ["publish", "yank"]]
    assert [it["waiting"] for it in listed] == [3, 1]


def test_an_empty_list_is_said(mypi):
    assert mypi("--json webhook list").json == {"webhooks": []}
    assert mypi("webhook list").code == 0


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("add ftp://hooks.example/", 5, "https://host/path"),
        ("add http://169.254.169.254/", 5, "link-local"),
        (f"add {URL} --event nothing", 5, "known are publish"),
        (f"add {URL} -i nowhere", 4, "nowhere"),
        ("remove --yes nothing", 4, "nothing"),
        ("remove nothing", 4, "nothing"),  # before it asks
        ("remove nothing at-all", 1, "at-all"),
        ("test nothing", 4, "mypi webhook list"),
        ("log nothing", 4, "mypi webhook list"),
        ("remove", 2, "ID"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_a_code(mypi, line, code, words):
    assert words in mypi.refused(code, f"webhook {line}")


def test_several_are_removed_after_asking(mypi):
    numbers = [add(mypi)["id"] for _ in range(3)]

    asked = mypi.refused(2, f"webhook remove {numbers[0]}")
    assert f"Remove the webhook {numbers[0]} ({URL})?" in asked
    mypi(f"webhook remove --yes {numbers[0]} {numbers[1]}")

    assert [it["id"] for it in mypi("--json webhook list").json["webhooks"]] == numbers[2:]


def test_a_test_says_what_the_receiver_said(mypi):
    with Receiver((500, {})) as receiver:
        made = add(mypi, receiver.url)

        failed = mypi.refused(6, f"webhook test {made['id']}")
        taken = mypi(f"webhook test {made['id']}")
        got = [receiver.next(), receiver.next()]

    assert "500" in failed
    assert f"mypi webhook log {made['id']}" in failed
    assert "taken: 204" in taken.err
    for it in got:
        time = int(it.headers["Mypi-Timestamp"])
        assert it.headers["Mypi-Signature"] == signature(made["secret"], time, it.body)


def test_a_test_that_fails_is_json_as_well(mypi):
    with Receiver((500, {})) as receiver:
        number = add(mypi, receiver.url)["id"]

        said = mypi.run(f"--json webhook test {number}")

    assert said.code == 6
    assert (said.json["taken"], said.json["status"]) == (False, 500)


def test_the_log_of_one_that_was_told_nothing_is_empty(mypi):
    number = add(mypi)["id"]
    mypi.publish("stable", wheel("six", "1.0"))

    assert mypi(f"--json webhook log {number}").json == {"attempts": []}
    assert mypi(f"webhook log {number}").code == 0
