"""Promotion: what the target has afterwards, what is told of it, and what stays as it was."""

from pathlib import Path

import pytest
from ZODB.POSException import ConflictError

from mypi.errors import Conflict, Missing, NotAllowed, Refused, TooLarge
from mypi.metadata import Metadata
from mypi.model import Index, IndexPolicy, Origin
from mypi.model.docs import Docs
from mypi.permissions import Scope
from mypi.services import lookup, trash
from mypi.services.access import Access, Identity
from mypi.services.actor import Actor
from mypi.services.dependents import Dependent
from mypi.services.promote import Plan, PlannedFile, plan, promote
from mypi.services.publish import register
from mypi.services.wanted import Wanted, parse
from tests.factories import sdist, wheel
from tests.wire import digest

BOB = Actor("bob", 50.0, "mypi/1", "127.0.0.1")
WHEEL = wheel("six", "1.0", requires_python=">=3.9", summary="Two and three")
SDIST = sdist("six", "1.0")
OTHER = wheel("six", "1.0", summary="Other bytes")
FIRST = wheel("first", "1.0", headers=["License: MIT"])
NAME = WHEEL[0]


@pytest.fixture
def bring(everything, incubator, stable, tm):
    """``bring("six==1.0")``: promote from incubator into stable, and commit."""

    def bring(
        *texts,
        source=incubator,
        target=stable,
        closure=False,
        note="",
        actor=BOB,
        access=everything,
    ):
        wanted = [parse(text) for text in texts]
        done = promote(access, source, target, wanted, closure=closure, note=note, actor=actor)
        tm.commit()
        return done

    return bring


@pytest.fixture
def preview(everything, incubator, stable):
    """``preview("six==1.0")``: the plan of that."""

    def preview(*texts, source=incubator, target=stable, closure=False, actor=BOB):
        wanted = [parse(text) for text in texts]
        return plan(everything, source, target, wanted, closure=closure, actor=actor)

    return preview


@pytest.fixture
def unchanged(site_db, tm):
    """``unchanged()``: whether a commit now would leave the database as it was at the beginning."""
    tm.commit()
    before = []

    def unchanged():
        tm.commit()
        if not before:
            before.append(site_db.lastTransaction())
        return before[0] == site_db.lastTransaction()

    return unchanged


def blob_files(tmp_path):
    return sorted(tmp_path.rglob("*.blob"))


def shown(access, index, name):
    """What an installer sees of a project."""
    found = lookup.find(access, index, name)
    return list(found.links()) if found is not None else []


def lines(index, after=0):
    """What the journal says from a serial on: action, project, version, filename, detail."""
    return [
        (entry.action, entry.project, entry.version, entry.filename, entry.detail)
        for _serial, entry in index.journal.since(after)
    ]


# What is there afterwards


def test_the_target_has_the_same_artifact_and_no_byte_is_copied(
    put, bring, incubator, stable, tmp_path, site
):
    put(incubator, WHEEL)
    before = blob_files(tmp_path)
    artifact = incubator.project("six").file(NAME).artifact
    oids = (artifact._p_oid, artifact.blob._p_oid)

    bring("six==1.0")

    site._p_jar.cacheMinimize()
    promoted = stable.project("six").file(NAME).artifact
    assert (promoted._p_oid, promoted.blob._p_oid) == oids
    assert blob_files(tmp_path) == before
    assert Path(promoted.path).read_bytes() == WHEEL[1]
    assert stable.size() == incubator.size() == len(WHEEL[1])


def test_a_promoted_file_keeps_what_is_said_of_it(put, bring, incubator, stable):
    put(incubator, WHEEL, by="ada", now=7.0)
    original = incubator.project("six").file(NAME)
    original.signature, original.comment, original.yanked = b"signed", "Good", "broken"

    bring("six==1.0", note="tested")

    file = stable.project("six").file(NAME)
    assert (file.kind, file.python_tag, file.by) == ("bdist_wheel", "py3", "ada")
    assert (file.signature, file.comment, file.yanked) == (b"signed", "Good", "broken")
    assert file.uploaded == 50.0
    assert file.origin == Origin("incubator", "ada", 7.0, "bob", 50.0, "tested")
    assert original.promoted_to == ("stable",)
    assert (original.by, original.uploaded, original.origin) == ("ada", 7.0, None)


def test_the_installer_is_told_the_same_but_the_time(put, bring, incubator, stable, everything):
    put(incubator, WHEEL, now=7.0)
    put(incubator, sdist("six", "1.0", metadata_version="1.1"), now=7.0)

    bring("six==1.0")

    theirs = shown(everything, incubator, "six")
    ours = shown(everything, stable, "six")
    assert [(it.filename, it.held_by) for it in ours] == [(it.filename, "stable") for it in theirs]
    assert [it.link for it in ours] == [it.link._replace(uploaded=50.0) for it in theirs]
    assert [bool(it.link.metadata_sha256) for it in ours] == [True, False]
    assert ours[0].link.requires_python == ">=3.9"


def test_project_and_release_say_the_same(put, bring, incubator, stable, tm):
    put(incubator, wheel("Six.Six", "1.0", summary="Two", description="Long"), by="ada")
    project = incubator.project("six-six")
    source = project.release("1.0")
    docs = source.docs = Docs(source.files.values()[0].artifact.blob, 1, "", by="ada", now=1.0)
    project.docs = docs
    tm.commit()

    bring("six.six==1.0")

    ours = stable.project("six-six")
    release = ours.release("1.0")
    assert ours.name == "Six.Six"
    assert (release.version, release.by, release.created) == ("1.0", "ada", 50.0)
    assert release.fields == source.fields
    assert release.description is source.description
    assert release.docs is docs
    assert ours.docs is docs
    assert stable.count() == 1


def test_both_journals_tell_of_it(put, bring, incubator, stable):
    put(incubator, WHEEL)
    put(incubator, SDIST)
    serial = len(incubator.journal)

    bring("six==1.0", note="tested")

    detail = "from incubator: tested"
    assert lines(stable) == [
        ("create", "six", "", "", ""),
        ("new release", "six", "1.0", "", ""),
        (f"promote file {NAME}", "six", "1.0", NAME, detail),
        (f"promote file {SDIST[0]}", "six", "1.0", SDIST[0], detail),
    ]
    assert lines(incubator, serial) == [("promote release", "six", "1.0", "", "to stable: tested")]
    _serial, entry = next(stable.journal.newest())
    assert (entry.by, entry.when, entry.client, entry.address) == (
        "bob",
        50.0,
        "mypi/1",
        "127.0.0.1",
    )


def test_a_promotion_is_recorded(put, bring, incubator, stable):
    put(incubator, WHEEL)

    done, promotion = bring("six", note="tested")

    assert done == Plan((PlannedFile("six", "1.0", NAME, len(WHEEL[1]), "new"),))
    assert stable.promotions[promotion.id] is promotion
    assert (promotion.source, promotion.by, promotion.when, promotion.note) == (
        "incubator",
        "bob",
        50.0,
        "tested",
    )
    assert promotion.files == (("six", "1.0", NAME, digest("sha256", WHEEL[1])),)
    assert promotion.new_releases == (("six", "1.0"),)
    assert promotion.new_projects == ("six",)
    assert promotion.undone is None


def test_what_exists_already_is_not_recorded_as_made(put, bring, incubator, stable):
    put(stable, SDIST)
    put(incubator, WHEEL)
    put(incubator, wheel("six", "1.1"))

    _done, promotion = bring("six==1.0", "six==1.1")

    assert promotion.new_releases == (("six", "1.1"),)
    assert promotion.new_projects == ()


# What is meant


@pytest.mark.parametrize(
    ("texts", "files"),
    [
        (["six"], ["six-1.1-py3-none-any.whl"]),
        (["SIX==1.0.0"], [NAME, "six-1.0.tar.gz"]),
        (["six==1.0/six-1.0.tar.gz"], ["six-1.0.tar.gz"]),
        (["six==1.0/six-1.0.tar.gz", "six==1.0"], [NAME, "six-1.0.tar.gz"]),
        (["six==1.0", "six"], [NAME, "six-1.0.tar.gz", "six-1.1-py3-none-any.whl"]),
    ],
)
def test_a_file_a_release_or_the_latest_release_is_promoted(
    put, bring, incubator, stable, texts, files
):
    for archive in (WHEEL, SDIST, wheel("six", "1.1"), wheel("six", "2.0rc1")):
        put(incubator, archive)

    done, _promotion = bring(*texts)

    assert [file.filename for file in done.files] == files
    assert [filename for filename, _link in stable.project("six").pages()] == sorted(files)


def test_releases_of_several_projects_are_promoted_together(put, bring, incubator, stable):
    for name in ("beta", "alpha"):
        put(incubator, wheel(name, "1.0"))

    _done, promotion = bring("beta", "alpha")

    assert [moved.project for moved in promotion.files] == ["beta", "alpha"]
    assert list(stable.projects) == ["alpha", "beta"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("seven"), "no project seven in the index incubator"),
        (Wanted("six", "2.0"), "no file of six==2.0 in the index incubator"),
        (Wanted("six", "1.0", "six-1.0.zip"), "no file six-1.0.zip of six==1.0 in the index"),
        (Wanted("bare"), "no file of bare in the index incubator"),
        (Wanted("six", "1" * 5000), "no file of six==111"),
    ],
)
def test_what_is_not_there_cannot_be_promoted(put, everything, incubator, stable, wanted, words):
    put(incubator, WHEEL)
    register(incubator, Metadata("bare", "1.0"), BOB)

    with pytest.raises(Missing, match=words):
        plan(everything, incubator, stable, [wanted], closure=False, actor=BOB)
    with pytest.raises(Missing, match=words):
        promote(everything, incubator, stable, [wanted], closure=True, note="", actor=BOB)


def test_an_index_is_not_promoted_into_itself(put, bring, stable):
    put(stable, WHEEL)

    with pytest.raises(Refused, match="stable is both source and target"):
        bring("six", source=stable)


def test_something_must_be_chosen(bring):
    with pytest.raises(Refused, match="Nothing was chosen"):
        bring()


def test_a_long_note_is_refused(put, bring, incubator):
    put(incubator, WHEEL)

    with pytest.raises(Refused, match="note: 500 characters at most; this one has 501"):
        bring("six", note="x" * 501)


# Inheritance


def test_what_the_source_shows_of_its_bases_is_promoted_from_there(
    put, bring, site, incubator, stable
):
    site.indexes["team"] = Index("team", IndexPolicy("team", ("incubator",)))
    put(incubator, WHEEL, by="ada", now=7.0)
    serial = len(incubator.journal)

    _done, promotion = bring("six", source=site.indexes["team"])

    assert promotion.source == "team"
    assert stable.project("six").file(NAME).origin.came_from == "incubator"
    assert incubator.project("six").file(NAME).promoted_to == ("stable",)
    assert lines(incubator, serial) == [("promote release", "six", "1.0", "", "to stable")]
    assert lines(site.indexes["team"]) == []


def test_of_an_index_that_merges_the_base_with_the_release_gives_it(put, bring, site, incubator):
    site.indexes["team"] = Index("team", IndexPolicy("team", ("incubator", "stable")))
    site.indexes["team"].policy.merge = True
    site.indexes["release"] = Index("release", IndexPolicy("release"))
    put(incubator, wheel("six", "1.1"))
    put(site.indexes["stable"], WHEEL)

    bring("six==1.0", "six", source=site.indexes["team"], target=site.indexes["release"])

    files = site.indexes["release"].project("six")
    assert files.file(NAME).origin.came_from == "stable"
    assert files.file("six-1.1-py3-none-any.whl").origin.came_from == "incubator"


def test_of_an_index_that_merges_no_quarantined_project_is_asked(
    put, bring, site, incubator, stable
):
    team = site.indexes["team"] = Index("team", IndexPolicy("team", ("incubator", "stable")))
    team.policy.merge = True
    site.indexes["release"] = Index("release", IndexPolicy("release"))
    put(incubator, WHEEL)
    put(incubator, wheel("six", "2.0"))
    put(stable, WHEEL)
    incubator.project("six").status = "quarantined"

    bring("six", source=team, target=site.indexes["release"])

    (file,) = site.indexes["release"].project("six").release("1.0").files.values()
    assert file.origin.came_from == "stable"


def test_a_reader_cannot_promote_what_they_may_not_read(put, bring, site, incubator, stable):
    site.indexes["team"] = Index("team", IndexPolicy("team", ("incubator",)))
    incubator.policy.grants = {"read": ("ada",)}
    put(incubator, WHEEL)

    with pytest.raises(Missing):
        bring(
            "six",
            source=site.indexes["team"],
            access=Access(site, Identity("bob"), is_open=False),
        )


# What is there already


def test_what_is_there_already_is_no_promotion(put, bring, incubator, stable, unchanged):
    put(incubator, WHEEL)
    bring("six")
    assert unchanged()

    done, promotion = bring("six")

    assert [file.state for file in done.files] == ["present"]
    assert promotion is None
    assert unchanged()


def test_only_what_is_new_is_promoted(put, bring, incubator, stable):
    put(stable, WHEEL, now=3.0)
    put(incubator, WHEEL)
    put(incubator, SDIST)

    done, promotion = bring("six==1.0")

    assert [file.state for file in done.files] == ["present", "new"]
    assert done.new == done.files[1:]
    assert [moved.filename for moved in promotion.files] == [SDIST[0]]
    assert stable.project("six").file(NAME).uploaded == 3.0
    assert incubator.project("six").file(NAME).promoted_to == ()


def test_a_release_whose_files_speak_for_it_keeps_their_word(put, bring, incubator, stable):
    put(stable, sdist("six", "1.0.0", summary="Ours"))
    put(incubator, WHEEL)

    bring("six==1.0")

    project = stable.project("six")
    (release,) = project.releases.values()
    assert (release.version, release.fields["summary"]) == ("1.0.0", "Ours")
    assert sorted(release.files) == [NAME, "six-1.0.0.tar.gz"]
    assert {link.version for _filename, link in project.pages()} == {"1.0.0"}


def test_a_release_that_was_only_registered_says_what_its_files_say(put, bring, incubator, stable):
    register(stable, Metadata("six", "1.0", {"summary": "Registered"}), BOB)
    put(incubator, WHEEL)

    bring("six==1.0")

    release = stable.project("six").release("1.0")
    assert release.fields["summary"] == "Two and three"
    assert release.description is incubator.project("six").release("1.0").description


def test_a_volatile_target_takes_other_bytes(put, bring, incubator, stable):
    put(stable, OTHER)
    put(incubator, WHEEL)

    bring("six", source=stable, target=incubator)

    assert incubator.project("six").file(NAME).artifact.sha256 == digest("sha256", OTHER[1])
    assert incubator.project("six").release("1.0").fields["summary"] == "Other bytes"
    assert incubator.size() == len(OTHER[1])


def test_the_owners_come_along_where_the_target_has_ownership(put, bring, incubator, stable, tm):
    stable.policy.ownership = True
    put(incubator, WHEEL, by="ada")
    put(incubator, wheel("owned", "1.0"), by="ada")
    put(incubator, wheel("nobodys", "1.0"))
    incubator.project("owned").owners = ("carl", "dora")

    bring("six", "owned", "nobodys")

    assert stable.project("six").owners == ("ada",)
    assert stable.project("owned").owners == ("carl", "dora")
    assert stable.project("nobodys").owners == ()


def test_without_ownership_nobody_owns_what_was_promoted(put, bring, incubator, stable):
    put(incubator, WHEEL, by="ada")
    incubator.project("six").owners = ("ada",)

    bring("six")

    assert stable.project("six").owners == ()


# What is refused: all or nothing


def freeze(stable, incubator):
    stable.policy.frozen = True


def take_sdists_only(stable, incubator):
    stable.policy.kinds = ("sdist",)


def take_small_files_only(stable, incubator):
    stable.policy.max_file = 10


def take_little(stable, incubator):
    stable.policy.max_size = sum(len(content) for _name, content in (FIRST, WHEEL, SDIST)) - 1


def archive(stable, incubator):
    stable.project_or_new("six").status = "archived"


def quarantine(stable, incubator):
    stable.project_or_new("six").status = "quarantined"


def quarantine_the_source(stable, incubator):
    incubator.project("six").status = "quarantined"


def reserve(stable, incubator):
    stable.reserved[NAME] = "0" * 64


def want_a_licence(stable, incubator):
    stable.policy.rules = {"license": "enforce"}


def want_approval(stable, incubator):
    stable.policy.approval = True


REFUSALS = [
    (freeze, NotAllowed, "frozen"),
    (take_sdists_only, Refused, "kind bdist_wheel, only sdist"),
    (take_small_files_only, TooLarge, "10 bytes at most"),
    (take_little, TooLarge, f"{SDIST[0]}: the index stable is full"),
    (archive, NotAllowed, "archived"),
    (quarantine, NotAllowed, "quarantined"),
    (quarantine_the_source, Refused, "six is quarantined in incubator"),
    (reserve, Refused, "used before"),
    (want_a_licence, Refused, "names no licence"),
    (want_approval, NotAllowed, "by someone else than who uploaded"),
]


@pytest.mark.parametrize(("prepare", "error", "words"), REFUSALS)
def test_what_the_target_does_not_take_is_refused_as_a_whole(
    put, bring, preview, incubator, stable, unchanged, prepare, error, words
):
    put(incubator, FIRST, by="carl")
    put(incubator, WHEEL, by="bob")
    put(incubator, SDIST, by="bob")
    prepare(stable, incubator)
    assert unchanged()

    with pytest.raises(error, match=words) as caught:
        bring("first", "six==1.0")

    assert unchanged()
    refused = [file for file in preview("first", "six==1.0").files if file.state == "refused"]
    assert refused[0].reason == str(caught.value)


def test_other_bytes_under_a_taken_name_are_a_conflict(
    put, bring, preview, incubator, stable, unchanged
):
    put(incubator, FIRST)
    put(incubator, OTHER)
    put(stable, WHEEL)
    assert unchanged()

    with pytest.raises(Conflict, match=f"{NAME} is in stable already, with other bytes"):
        bring("first", "six==1.0")

    assert unchanged()
    assert [file.state for file in preview("first", "six==1.0").files] == ["new", "refused"]


def test_the_same_bytes_may_take_their_reserved_name_again(put, bring, incubator, stable):
    put(incubator, WHEEL)
    stable.reserved[NAME] = digest("sha256", WHEEL[1])

    bring("six")

    assert stable.project("six").file(NAME) is not None
    assert NAME not in stable.reserved


@pytest.mark.parametrize(
    ("by", "uploader", "allowed"),
    [("bob", "ada", True), ("bob", "", True), ("bob", "bob", False), ("", "ada", False)],
)
def test_approval_is_by_someone_else_than_the_uploader(
    put, bring, incubator, stable, by, uploader, allowed
):
    stable.policy.approval = True
    put(incubator, WHEEL, by=uploader)

    if allowed:
        assert bring("six", actor=Actor(by, 50.0))[1] is not None
    else:
        with pytest.raises(NotAllowed, match="someone else"):
            bring("six", actor=Actor(by, 50.0))


def test_approval_asks_for_the_uploader_also_after_several_promotions(
    put, bring, site, incubator, stable
):
    final = site.indexes["final"] = Index("final", IndexPolicy("final"))
    final.policy.approval = True
    put(incubator, WHEEL, by="ada")
    bring("six")

    with pytest.raises(NotAllowed, match="someone else"):
        bring("six", source=stable, target=final, actor=Actor("ada", 60.0))

    bring("six", source=stable, target=final)
    file = final.project("six").file(NAME)
    assert (file.by, file.origin.came_from, file.origin.uploaded) == ("ada", "stable", 50.0)


def test_a_token_of_some_projects_promotes_no_others(put, bring, site, incubator):
    put(incubator, wheel("app", "1.0", requires_dist=["lib"]))
    put(incubator, wheel("lib", "1.0"))
    access = Access(site, Identity("bob", scope=Scope(projects=("app",))), is_open=False)

    with pytest.raises(NotAllowed, match="token may not promote lib into stable"):
        bring("app", closure=True, access=access)

    assert bring("app", access=access)[1] is not None


def test_a_rule_that_only_warns_is_told(put, bring, incubator, stable):
    stable.policy.rules = {"license": "warn"}
    put(incubator, WHEEL)

    done, promotion = bring("six")

    assert promotion is not None
    assert len(done.files[0].warnings) == 1


# With dependencies; plans


def test_dependencies_go_along(put, bring, incubator, stable):
    put(incubator, wheel("app", "1.0", requires_dist=["lib>=1", "gone"]))
    put(incubator, wheel("lib", "1.0"))
    put(incubator, sdist("lib", "1.0"))

    done, promotion = bring("app", closure=True)

    assert [(file.project, file.state) for file in done.files] == [
        ("app", "new"),
        ("lib", "new"),
        ("lib", "new"),
    ]
    assert done.missing == ("app 1.0 requires gone, which incubator does not have either.",)
    assert promotion.new_projects == ("app", "lib")
    assert list(stable.projects) == ["app", "lib"]


def test_a_plan_changes_nothing_and_tells_whom_it_affects(
    put, preview, bring, incubator, stable, unchanged
):
    put(stable, wheel("lib", "1.0"))
    put(stable, wheel("app", "3.0", requires_dist=["lib>=1"]))
    put(incubator, wheel("lib", "2.0"))
    assert unchanged()

    planned = preview("lib", closure=True)

    assert unchanged()
    assert planned.dependents == (Dependent("app", "3.0", "lib>=1", "1.0", "2.0"),)
    assert planned.complete
    done, _promotion = bring("lib")
    assert (done.files, done.dependents) == (planned.files, ())


def test_what_is_present_or_refused_affects_nobody(put, preview, incubator, stable):
    put(stable, wheel("app", "3.0", requires_dist=["lib"]))
    put(incubator, wheel("lib", "2.0"))
    stable.policy.frozen = True

    assert preview("lib").dependents == ()


# At the same time


def delete_project(site):
    trash.delete(site.indexes["incubator"], "six", BOB)


def delete_release(site):
    trash.delete(site.indexes["incubator"], "six", BOB, "1.0")


def delete_file(site):
    trash.delete(site.indexes["incubator"], "six", BOB, "1.0", NAME)


def quarantine_meanwhile(site):
    site.indexes["incubator"].project("six").status = "quarantined"


def freeze_meanwhile(site):
    site.indexes["stable"].policy.frozen = True


def archive_meanwhile(site):
    site.indexes["stable"].project("six").status = "archived"


@pytest.mark.parametrize(
    "act",
    [
        delete_project,
        delete_release,
        delete_file,
        quarantine_meanwhile,
        freeze_meanwhile,
        archive_meanwhile,
    ],
)
def test_what_a_promotion_relied_on_must_not_change_before_it_commits(
    put, bring, site_db, incubator, stable, everything, tm, act
):
    put(stable, wheel("six", "0.9"))
    put(incubator, WHEEL)
    promote(everything, incubator, stable, [Wanted("six")], closure=False, note="", actor=BOB)

    with site_db.transaction() as rival:
        act(rival.root()["mypi"])

    with pytest.raises(ConflictError):
        tm.commit()
    tm.abort()
    assert list(stable.project("six").links) == ["six-0.9-py3-none-any.whl"]
    assert len(stable.promotions) == 0


def test_a_promotion_and_an_upload_of_another_file_both_succeed(
    put, site_db, incubator, stable, everything, tm
):
    put(stable, wheel("six", "0.9"))
    put(incubator, WHEEL)
    promote(everything, incubator, stable, [Wanted("six")], closure=False, note="", actor=BOB)

    with site_db.transaction() as rival:
        theirs = rival.root()["mypi"].indexes["stable"]
        register(theirs, Metadata("six", "3.0"), BOB)

    tm.commit()
    assert sorted(stable.project("six").releases) == ["0.9", "1", "3"]
