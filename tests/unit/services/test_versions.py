"""Which version an installer takes."""

import pytest
from packaging.specifiers import SpecifierSet

from mypi.model import Link
from mypi.services.versions import best, candidates, latest


def known(*texts):
    """Candidates of versions; ``1.0!`` is yanked."""
    return candidates(
        Link(text.rstrip("!"), 1, "", "", "", 0.0, "bad" if text.endswith("!") else None)
        for text in texts
    )


def test_releases_are_listed_newest_first_with_the_sum_of_their_files():
    links = [
        Link("1.9", 10, "", "", "", 1.0),
        Link("1.10", 3, "", "", "", 5.0, "bad"),
        Link("1.10", 4, "", "", "", 2.0),
    ]

    newest, oldest = candidates(links)

    assert (newest.version, newest.uploaded, newest.size, newest.yanked) == ("1.10", 5.0, 7, False)
    assert (oldest.version, oldest.uploaded, oldest.size) == ("1.9", 1.0, 10)


def test_a_version_that_cannot_be_read_comes_last():
    assert [it.version for it in known("unknown", "0.1")] == ["0.1", "unknown"]


@pytest.mark.parametrize(
    ("texts", "version"),
    [
        (["1.0", "1.1"], "1.1"),
        (["1.0", "2.0rc1"], "1.0"),
        (["1.0rc1", "2.0.dev1"], "2.0.dev1"),
        (["1.0", "1.1!"], "1.0"),
        (["1.0rc1", "1.1!"], "1.0rc1"),
        (["1.0!", "1.1!"], "1.1"),
    ],
)
def test_the_latest_is_final_and_not_yanked_if_possible(texts, version):
    assert latest(known(*texts)).version == version


def test_nothing_has_no_latest():
    assert latest([]) is None


@pytest.mark.parametrize(
    ("specifier", "texts", "version"),
    [
        ("", ["1.0", "1.1"], "1.1"),
        ("<1.1", ["1.0", "1.1"], "1.0"),
        (">=1.0", ["1.0", "2.0rc1"], "1.0"),
        (">=2.0rc1", ["1.0", "2.0", "2.1rc1"], "2.1rc1"),
        (">=1.5", ["1.0", "2.0rc1"], "2.0rc1"),
        (">=1.0", ["1.0", "1.1!"], "1.0"),
        ("==1.1", ["1.0", "1.1!"], "1.1"),
        ("===1.1", ["1.0", "1.1!"], "1.1"),
        ("==1.1.0", ["1.1"], "1.1"),
        ("==1.*", ["1.1!"], None),
        (">=1.1", ["1.0", "1.1!"], None),
        (">=2", ["1.0"], None),
        ("", [], None),
    ],
)
def test_the_best_is_what_pip_takes(specifier, texts, version):
    chosen = best(known(*texts), SpecifierSet(specifier))

    assert (chosen.version if chosen else None) == version
