"""Entries of feeds: dates, addresses, authors."""

import pytest

from mypi.services.recent import Recent
from mypi.web.feeds.feed import Feed, Time, of_projects, of_releases
from mypi.web.frame.addresses import Addresses

HERE = Addresses("/pypi", "https://example.org/pypi", "/+incubator")


def entry(**more):
    values = {"index": "incubator", "name": "My.Pkg", "version": "1.0", "when": 10.0} | more
    (it,) = of_releases(HERE, [Recent(**values)], "{name} {version}")
    return it


def test_times_as_the_standards_write_them():
    assert Time(1767225600.9).rss == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert Time(1767225600.9).atom == "2026-01-01T00:00:00Z"
    assert Time(0.0).atom == "1970-01-01T00:00:00Z"


def test_addresses_are_whole_and_below_where_the_application_is():
    url = "https://example.org/pypi/+incubator/my-pkg/"
    (project,) = of_projects(HERE, [Recent("stable", "My.Pkg", "1.0", 1.0)], "{name}")

    assert entry().url == entry().id == f"{url}1.0/"
    assert project.url == project.id == url


@pytest.mark.parametrize(
    ("mails", "mail", "author"),
    [
        ("", "", ""),
        ("ada@example.org", "ada@example.org", ""),
        ("Ada <ada@example.org>", "ada@example.org", "Ada"),
        ('"Love, Ada" <ada@example.org>, bob@example.org', "ada@example.org", "Love, Ada"),
        ("nobody", "", ""),
        ("Ada <>", "", "Ada"),
        ("(" * 100_000, "", ""),
        ("a" * 100_000 + "@example.org", "", ""),
        ("a@" * 50_000, "a@a", ""),
        ("a b@c d", "b@c", ""),
    ],
    ids=[
        *("nothing", "bare", "named", "quoted", "no mail", "empty", "brackets", "long", "ats"),
        "in words",
    ],
)
def test_whose_it_is(mails, mail, author):
    it = entry(mails=mails)

    assert (it.mail, it.author) == (mail, author)


def test_who_brought_it_stands_in():
    assert entry(by="ada").author == "ada"
    assert entry(by="ada", mails="Bob <bob@example.org>").author == "Bob"


def test_a_summary_is_text_and_html():
    it = entry(summary="<b>\x00 & co", yanked=True)

    assert it.summary == "Yanked. <b> & co"
    assert it.html == "Yanked. &lt;b&gt; &amp; co"


def test_a_release_changes_with_its_files_and_a_project_does_not():
    new = Recent("stable", "six", "1.0", 10.0, changed=20.0)

    assert of_releases(HERE, [new], "{name}")[0].updated == Time(20.0)
    assert of_projects(HERE, [new], "{name}")[0].updated == Time(10.0)
    assert entry(changed=0.0).updated == Time(10.0)


def test_a_feed_is_as_new_as_its_newest_entry():
    entries = (entry(changed=30.0), entry(changed=40.0))

    assert Feed("t", "d", "u", "a", entries).updated == Time(40.0)
    assert Feed("t", "d", "u", "a", ()).updated == Time(0.0)
