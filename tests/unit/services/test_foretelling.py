"""What would become of an upload, told before its bytes travel."""

import hashlib

import pytest

from mypi.permissions import Scope
from mypi.services import lifecycle
from mypi.services.access import Access, Identity
from mypi.services.actor import Actor
from mypi.services.foretelling import foretell, most
from tests.factories import wheel

SIX = "six-1.0-py3-none-any.whl"
MEGABYTE = 10**6
ADA = Actor("ada", 1.0)


def told(access, index, filename=SIX, size=0, sha256=""):
    return foretell(access, index, filename, size, sha256, MEGABYTE)


def test_a_new_file_is_new(everything, stable):
    it = told(everything, stable)

    assert (it.verdict, it.project, it.version) == ("new", "six", "1.0")


def test_a_name_that_is_taken_is_told_with_the_sentence_that_the_upload_would_get(
    everything, stable, put
):
    archive = wheel("six", "1.0")
    put(stable, archive)
    digest = hashlib.sha256(archive[1]).hexdigest()

    assert told(everything, stable).verdict == "exists"
    assert "byte for byte" in told(everything, stable, sha256=digest.upper()).message
    other = told(everything, stable, sha256="0" * 64)
    assert other.verdict == "exists"
    assert other.message.startswith("File already exists: ")


def test_a_volatile_index_would_replace_it(everything, incubator, put):
    put(incubator, wheel("six", "1.0"))

    assert told(everything, incubator).verdict == "replaces"


def test_a_bad_name_is_refused_with_its_rule(everything, stable):
    assert "unknown kind of file" in told(everything, stable, "notes.txt").message
    for name in ("", "../x-1.tar.gz", "x" * 5000 + "-1.tar.gz", "\0", "six-1.0-py3-none.whl"):
        assert told(everything, stable, name).verdict == "refused"


def test_sizes_are_judged_by_the_site_s_limit_and_the_index_s(everything, stable):
    assert "limit here" in told(everything, stable, size=MEGABYTE + 1).message
    stable.policy.max_file = 1000

    assert told(everything, stable, size=1000).verdict == "new"
    assert "1000 bytes at most" in told(everything, stable, size=1001).message
    assert most(stable, MEGABYTE) == 1000


def test_the_policy_of_the_index_counts(everything, stable):
    stable.policy.kinds = ("sdist",)
    assert "does not take files of the kind" in told(everything, stable).message
    stable.policy.frozen = True
    assert "frozen" in told(everything, stable, "six-1.0.tar.gz").message


def test_a_project_that_takes_no_uploads_says_so(everything, stable, put):
    put(stable, wheel("six", "0.9"))
    lifecycle.set_status(stable, "six", "archived", "done", ADA)

    assert told(everything, stable).message == "six is archived and takes no uploads: done"


def test_metadata_rules_are_not_judged_before_the_metadata_is_there(everything, stable):
    stable.policy.rules = {"summary": "enforce"}

    assert told(everything, stable).verdict == "new"


@pytest.mark.parametrize("scope", [Scope(projects=("other",)), Scope(permissions=("read",))])
def test_who_may_not_upload_learns_nothing_else(site, stable, put, scope):
    put(stable, wheel("six", "1.0"))
    limited = Access(site, Identity("ada", frozenset(), scope, "1"), is_open=False)
    stranger = Access(site, Identity(), is_open=False)

    assert told(limited, stable).verdict == "forbidden"
    assert told(stranger, stable).verdict == "forbidden"
    assert told(stranger, stable, "nonsense").message == told(stranger, stable).message


def test_owners_alone_may_add_to_their_project(site, stable, put):
    stable.policy.ownership = True
    put(stable, wheel("six", "0.9"), by="ada")
    ada, bob = (Access(site, Identity(name), is_open=False) for name in ("ada", "bob"))

    assert told(ada, stable).verdict == "new"
    assert told(bob, stable).verdict == "forbidden"
    assert told(bob, stable, "seven-1.0.tar.gz").verdict == "new"
