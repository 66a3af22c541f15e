"""The task that sends: a real database, the real background thread, real receivers."""

import threading
import time
from itertools import count

import pytest
import transaction

from mypi.model import Attempt
from mypi.model.site import ROOT_KEY
from mypi.services import leases, webhooks
from mypi.services.actor import Actor
from mypi.services.background import Background
from mypi.services.webhooks import keeping, sender, sending
from mypi.services.webhooks.sender import LEASE, Addresses, Sender
from tests.factories import wheel
from tests.receiving import Receiver
from tests.waiting import PATIENCE

ADA = Actor("ada", 1_000.0)
NO_ADDRESS = Addresses("", "stable")


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch):
    """However long it takes until a receiver answers, it was in time."""
    for limit in ("DEADLINE", "STEP", "SECONDS"):
        monkeypatch.setattr(sending, limit, PATIENCE)


@pytest.fixture
def receiver():
    with Receiver() as it:
        yield it


@pytest.fixture
def start(site_db):
    """Begin to send, as a process; ended after the test."""
    running = []

    def begin(process="one", urls=NO_ADDRESS, **others):
        background = Background()
        background.add("webhooks", Sender(site_db, process, background, urls))
        for name, task in others.items():
            background.add(name, task)
        background.start()
        running.append(background)
        return background

    yield begin
    for background in running:
        background.stop()


@pytest.fixture
def hook(site, tm):
    """A new webhook for the receiver, for uploads alone."""

    def add(receiver, **more):
        it = webhooks.add(site, receiver.url, ADA, **{"events": ("publish",), **more})
        tm.commit()
        return it.id

    return add


def seen(site_db, look):
    """What ``look`` makes of the site now."""
    with site_db.transaction() as connection:
        return look(connection.root()[ROOT_KEY])


def settled():
    """Return when what is on its way has arrived, and what came of it is written down."""
    for thread in threading.enumerate():
        if thread.name.startswith("mypi webhook"):
            thread.join(PATIENCE)
            assert not thread.is_alive()


def progress(site, number):
    return webhooks.find(site, number).progress


def attempts(site_db, number):
    return seen(site_db, lambda site: [Attempt(*it) for it in progress(site, number).attempts])


def test_what_is_published_is_told_in_order_with_the_address_of_the_page(
    site_db, stable, incubator, put, start, hook, receiver
):
    number = hook(receiver)
    start(urls=Addresses("https://pypi.example", "stable"))

    put(stable, wheel("six", "1.0"), by="ada")
    first = receiver.next().json
    put(incubator, wheel("six", "1.1"))
    second = receiver.next().json

    assert (first["event"], first["index"], first["version"]) == ("publish", "stable", "1.0")
    assert (first["by"], first["filename"]) == ("ada", "six-1.0-py3-none-any.whl")
    assert first["url"] == "https://pypi.example/six/1.0/"
    assert second["url"] == "https://pypi.example/+incubator/six/1.1/"
    settled()
    assert seen(site_db, webhooks.lag) == 0
    assert [it.outcome for it in attempts(site_db, number)] == ["taken", "taken"]


def test_what_fails_is_tried_again_with_the_same_id_before_anything_else(
    site_db, stable, put, start, hook, monkeypatch
):
    monkeypatch.setattr(keeping, "FIRST", 0.05)
    with Receiver((500, {}), (404, {})) as receiver:
        number = hook(receiver)
        start()
        put(stable, wheel("six", "1.0"))
        put(stable, wheel("seven", "1.0"))

        came = [receiver.next().json for _ in range(4)]
        settled()

    assert seen(site_db, webhooks.lag) == 0
    assert [it["project"] for it in came] == ["six", "six", "six", "seven"]
    assert len({it["id"] for it in came}) == 2
    assert [(it.tries, it.status) for it in attempts(site_db, number)] == [
        (1, 500),
        (2, 404),
        (3, 204),
        (1, 204),
    ]


def test_what_was_to_be_tried_again_survives_a_restart(
    site_db, stable, put, start, hook, monkeypatch
):
    with Receiver((500, {})) as receiver:
        number = hook(receiver)
        first = start()
        put(stable, wheel("six", "1.0"))
        failed = receiver.next()
        settled()
        first.stop()
        with site_db.transaction() as connection:
            webhooks.try_now(webhooks.find(connection.root()[ROOT_KEY], number), 0.0)
            assert progress(connection.root()[ROOT_KEY], number).tries == 1

        start("another")

        assert receiver.next().json["id"] == failed.json["id"]


def test_a_failure_waits_its_time(site_db, stable, put, start, hook, monkeypatch):
    monkeypatch.setattr(keeping, "FIRST", 1_000.0)
    with Receiver((500, {})) as receiver:
        number = hook(receiver)
        background = start()
        put(stable, wheel("six", "1.0"))
        receiver.next()
        settled()

        background.run_once()
        settled()

        assert receiver.came.empty()
        (failed,) = attempts(site_db, number)
        assert seen(site_db, lambda site: progress(site, number).next_try) == failed.when + 1_000.0


def test_a_slow_receiver_delays_no_other_and_no_other_task(
    site_db, stable, put, start, hook, receiver
):
    rounds = count()
    with Receiver() as slow:
        slow.gate.clear()
        hook(slow)
        hook(receiver)
        background = start(other=lambda: next(rounds) and None)
        put(stable, wheel("six", "1.0"))
        slow.next()

        for number in range(3):
            put(stable, wheel("seven", f"1.{number}"))
            assert receiver.next()
        before = next(rounds)
        background.run_once()

        assert next(rounds) > before + 1
        assert slow.came.empty()
        slow.gate.set()
        assert [slow.next().json["version"] for _ in range(3)] == ["1.0", "1.1", "1.2"]


def test_of_two_processes_one_sends(site_db, stable, put, start, hook, receiver):
    hook(receiver)
    processes = [start("one"), start("two")]
    for number in range(30):
        put(stable, wheel("six", f"1.{number}"))

    came = [receiver.next().json["serial"] for _ in range(30)]
    settled()
    for it in processes:
        it.run_once()
        settled()

    assert seen(site_db, webhooks.lag) == 0
    assert came == sorted(set(came))
    assert receiver.came.empty()


def test_while_another_process_has_the_lease_nothing_is_sent(
    site_db, site, tm, stable, put, start, hook, receiver
):
    hook(receiver)
    leases.hold(site, LEASE, "another", time.time(), 1_000)
    put(stable, wheel("six", "1.0"))
    background = start()
    background.run_once()
    settled()
    assert receiver.came.empty()

    leases.release(site, LEASE, "another")
    tm.commit()

    assert receiver.next()


def test_stopping_waits_for_what_is_on_its_way_and_gives_the_lease_back(
    site_db, stable, put, start, hook, receiver, monkeypatch
):
    monkeypatch.setattr(sender, "GRACE", PATIENCE)
    hook(receiver)
    background = start()
    receiver.gate.clear()
    put(stable, wheel("six", "1.0"))
    receiver.next()
    receiver.gate.set()

    background.stop()

    assert seen(site_db, webhooks.lag) == 0
    assert LEASE not in seen(site_db, lambda site: dict(site.leases))


def test_what_does_not_end_in_time_is_sent_again_by_the_next_process(
    site_db, stable, put, start, hook, receiver, monkeypatch
):
    monkeypatch.setattr(sender, "GRACE", 0.05)
    hook(receiver)
    background = start()
    receiver.gate.clear()
    put(stable, wheel("six", "1.0"))
    first = receiver.next()
    background.stop()
    assert seen(site_db, webhooks.lag) == 1
    receiver.gate.set()

    start("another")

    assert receiver.next().json["id"] == first.json["id"]
    settled()
    assert seen(site_db, webhooks.lag) == 0


def test_a_webhook_that_is_removed_meanwhile_is_told_no_more(
    site_db, site, tm, stable, put, start, hook, receiver
):
    number = hook(receiver)
    other = hook(receiver)
    receiver.gate.clear()
    background = start()
    put(stable, wheel("six", "1.0"))
    receiver.next(), receiver.next()
    tm.begin()
    webhooks.remove(site, number, ADA)
    tm.commit()
    receiver.gate.set()
    settled()
    assert len(attempts(site_db, other)) == 1

    put(stable, wheel("six", "1.1"))
    assert receiver.next().json["version"] == "1.1"
    background.stop()
    assert receiver.came.empty()


def test_what_cannot_be_written_down_is_not_sent_all_the_time(
    site_db, stable, put, start, hook, receiver, caplog
):
    """As on a full disk: the receiver must not have it a second time each second."""
    number = hook(receiver)
    with site_db.transaction() as connection:
        progress(connection.root()[ROOT_KEY], number).attempts = 5
    background = start()
    put(stable, wheel("six", "1.0"))
    receiver.next()
    settled()
    assert "could not be written down" in caplog.text

    background.run_once()
    settled()

    assert receiver.came.empty()


def test_nothing_is_written_while_there_is_nothing_to_tell(site_db, stable, put, start, hook):
    with Receiver() as receiver:
        hook(receiver, events=("yank",))
        put(stable, wheel("six", "1.0"))
        before = site_db.lastTransaction()
        background = start()
        background.run_once()
        settled()

        assert site_db.lastTransaction() == before
        assert receiver.came.empty()


def test_without_a_thread_nothing_is_sent(site_db, stable, put, hook, receiver):
    """The command line opens the database for a moment only."""
    hook(receiver)
    put(stable, wheel("six", "1.0"))
    background = Background()
    background.add("webhooks", Sender(site_db, "cli", background, NO_ADDRESS))

    background.run_once()
    settled()

    assert receiver.came.empty()
    assert seen(site_db, webhooks.lag) == 1


def test_many_receivers_take_turns(site_db, stable, put, start, hook, monkeypatch):
    monkeypatch.setattr(sender, "AT_ONCE", 2)
    with Receiver() as receiver:
        for _ in range(7):
            hook(receiver)
        start()
        for number in range(3):
            put(stable, wheel("six", f"1.{number}"))

        came = [receiver.next().json["version"] for _ in range(21)]

    assert {version: came.count(version) for version in came} == {"1.0": 7, "1.1": 7, "1.2": 7}


def test_a_thousand_events_are_told_in_few_transactions(site_db, tm, stable, start, hook, receiver):
    hook(receiver)
    for number in range(1_000):
        entry = Actor("ada", 2_000.0).entry(f"add py3 file six-1.{number}.whl", "six")
        stable.journal.append(entry)
    tm.commit()
    start()

    serials = [receiver.next().json["serial"] for _ in range(1_000)]
    settled()

    assert seen(site_db, webhooks.lag) == 0
    assert serials == sorted(set(serials))
    assert receiver.connections <= 1_000 / 10
    transaction.abort()
