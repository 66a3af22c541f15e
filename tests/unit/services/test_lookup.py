"""Index inheritance: which project a name means, and when an answer has changed."""

import pytest
import transaction
from ZODB.DB import DB

from mypi.errors import Missing
from mypi.metadata import Metadata
from mypi.model import Index, IndexPolicy, Link, Site
from mypi.services import lookup
from mypi.services.access import STRANGER, Access, Identity, full_access


@pytest.fixture
def site():
    """stable; incubator on stable; team on incubator and stable."""
    db = DB(None)
    manager = transaction.TransactionManager()
    connection = db.open(manager)
    site = connection.root()["site"] = Site()
    for name, bases in (
        ("stable", ()),
        ("incubator", ("stable",)),
        ("team", ("incubator", "stable")),
    ):
        site.indexes[name] = Index(name, IndexPolicy(name, bases))
    manager.commit()
    yield site
    manager.abort()
    connection.close()
    db.close()


def commit(site):
    site._p_jar.transaction_manager.commit()


def add(site, index, name, *filenames):
    """A project in an index, with links of these files."""
    project = site.indexes[index].project_or_new(name)
    project.add_release(Metadata(name, "1.0"), by="", now=0.0)
    for filename in filenames:
        project.links[filename] = tuple(Link("1.0", 1, "0" * 64, "", "", 0.0))
        project.changes.change(1)
    commit(site)
    return project


def find(site, index, name):
    return lookup.find(full_access(site), site.indexes[index], name)


def path(site, index):
    return [it.name for it in lookup.path(full_access(site), site.indexes[index])]


def test_an_index_is_asked_before_its_bases_and_each_but_once(site):
    assert path(site, "stable") == ["stable"]
    assert path(site, "incubator") == ["incubator", "stable"]
    assert path(site, "team") == ["team", "incubator", "stable"]


def test_bases_that_lead_in_a_circle_end(site):
    site.indexes["stable"].policy.bases = ("team",)

    assert path(site, "stable") == ["stable", "team", "incubator"]


def test_a_base_that_does_not_exist_is_passed_over(site):
    site.indexes["stable"].policy.bases = ("gone",)

    assert path(site, "stable") == ["stable"]


def test_the_bases_of_the_first_base_come_before_the_second_base(site):
    site.indexes["other"] = Index("other", IndexPolicy("other", ()))
    site.indexes["team"].policy.bases = ("incubator", "other")

    assert path(site, "team") == ["team", "incubator", "stable", "other"]


@pytest.mark.parametrize("name", ["Foo.Bar", "foo-bar", "FOO_bar", "foo--bar"])
def test_n3_a_name_is_found_in_every_spelling(site, name):
    project = add(site, "stable", "Foo.Bar", "foo_bar-1.0.tar.gz")

    assert find(site, "stable", name).project is project


def test_a_name_that_no_index_has_is_none(site):
    assert find(site, "team", "six") is None


def test_what_only_a_base_has_is_found_there(site):
    project = add(site, "stable", "six", "six-1.0.tar.gz")

    found = find(site, "team", "six")

    assert (found.index.name, found.project) == ("stable", project)


def test_the_first_index_with_files_hides_the_others(site):
    add(site, "stable", "six", "six-1.0.tar.gz")
    nearer = add(site, "incubator", "six", "six-2.0.tar.gz")

    assert find(site, "team", "six").project is nearer
    assert find(site, "stable", "six").project is not nearer


def test_a_name_that_was_only_registered_hides_nothing(site):
    add(site, "team", "six")
    project = add(site, "stable", "six", "six-1.0.tar.gz")

    assert find(site, "team", "six").project is project


def test_of_names_that_were_only_registered_the_first_is_found(site):
    add(site, "stable", "six")
    nearer = add(site, "incubator", "six")

    assert find(site, "team", "six").project is nearer


def test_links_are_sorted_by_file_name(site):
    add(site, "stable", "six", "six-2.0.tar.gz", "six-1.0.tar.gz")

    assert [it.filename for it in find(site, "stable", "six").links()] == [
        "six-1.0.tar.gz",
        "six-2.0.tar.gz",
    ]


def test_a_quarantined_project_has_no_links_and_is_not_replaced_by_a_base(site):
    add(site, "stable", "six", "six-1.0.tar.gz")
    add(site, "incubator", "six", "six-2.0.tar.gz").status = "quarantined"

    assert list(find(site, "team", "six").links()) == []


def listed(site, index, name="six"):
    """File names and the indexes that hold them."""
    return [(it.filename, it.held_by) for it in find(site, index, name).links()]


def test_an_index_that_merges_shows_the_files_of_all_its_bases(site):
    site.indexes["team"].policy.merge = True
    add(site, "stable", "six", "six-1.0.tar.gz", "six-2.0.tar.gz")
    add(site, "incubator", "six", "six-2.0.tar.gz", "six-3.0.tar.gz")

    assert listed(site, "team") == [
        ("six-1.0.tar.gz", "stable"),
        ("six-2.0.tar.gz", "incubator"),
        ("six-3.0.tar.gz", "incubator"),
    ]
    assert listed(site, "incubator") == [
        ("six-2.0.tar.gz", "incubator"),
        ("six-3.0.tar.gz", "incubator"),
    ]


def test_a_project_in_the_index_itself_shadows_even_bases_that_are_merged(site):
    site.indexes["team"].policy.merge = True
    add(site, "stable", "six", "six-1.0.tar.gz")
    add(site, "team", "six", "six-9.0.tar.gz")

    assert listed(site, "team") == [("six-9.0.tar.gz", "team")]


def test_a_file_in_a_merged_base_stamps_the_page_anew(site):
    site.indexes["team"].policy.merge = True
    add(site, "incubator", "six", "six-2.0.tar.gz")
    add(site, "stable", "six", "six-1.0.tar.gz")
    page, _names = stamps(site, "team")

    site.indexes["stable"].projects["six"].changes.change(1)
    commit(site)

    assert stamps(site, "team")[0] != page


def test_a_base_that_the_reader_may_not_read_is_passed_over(site):
    site.indexes["incubator"].policy.grants = {"read": ("ada",)}
    add(site, "incubator", "secret", "secret-1.0.tar.gz")
    add(site, "stable", "six", "six-1.0.tar.gz")
    team = site.indexes["team"]
    stranger = Access(site, STRANGER, is_open=False)
    ada = Access(site, Identity("ada"), is_open=False)

    assert lookup.names(stranger, team) == ["six"]
    assert lookup.find(stranger, team, "secret") is None
    assert lookup.names(ada, team) == ["secret", "six"]
    assert lookup.find(ada, team, "secret").index.name == "incubator"


def test_names_are_those_of_all_indexes_on_the_path_sorted_and_each_once(site):
    add(site, "stable", "six")
    add(site, "stable", "zope.interface")
    add(site, "incubator", "Six")
    add(site, "team", "abc")

    listed = {
        it: lookup.names(full_access(site), site.indexes[it])
        for it in ("stable", "incubator", "team")
    }

    assert listed == {
        "stable": ["six", "zope-interface"],
        "incubator": ["six", "zope-interface"],
        "team": ["abc", "six", "zope-interface"],
    }


def stamps(site, index):
    """Stamps of a project's page and of the list of names."""
    return find(site, index, "six").stamp, lookup.names_stamp(
        full_access(site), site.indexes[index]
    )


@pytest.mark.parametrize("index", ["stable", "incubator", "team"])
def test_a_new_file_stamps_the_page_anew_and_not_the_list(site, index):
    project = add(site, "stable", "six", "six-1.0.tar.gz")
    page, names = stamps(site, index)

    project.changes.change(1)
    commit(site)

    assert stamps(site, index)[0] != page
    assert stamps(site, index)[1] == names


@pytest.mark.parametrize("index", ["stable", "incubator", "team"])
def test_a_new_project_stamps_the_list_anew_and_no_page(site, index):
    add(site, "stable", "six", "six-1.0.tar.gz")
    page, names = stamps(site, index)

    add(site, "stable", "seven", "seven-1.0.tar.gz")

    assert stamps(site, index)[0] == page
    assert stamps(site, index)[1] != names


def test_a_status_stamps_the_page_anew(site):
    project = add(site, "stable", "six", "six-1.0.tar.gz")
    page, _names = stamps(site, "team")

    project.status = "archived"
    commit(site)

    assert stamps(site, "team")[0] != page


def test_files_of_an_index_that_is_asked_earlier_stamp_the_page_anew(site):
    add(site, "stable", "six", "six-1.0.tar.gz")
    add(site, "incubator", "six")
    before = stamps(site, "team")[0]

    add(site, "incubator", "seven")
    assert stamps(site, "team")[0] == before

    site.indexes["incubator"].projects["six"].links["six-2.0.tar.gz"] = tuple(
        Link("2.0", 1, "0" * 64, "", "", 0.0)
    )
    site.indexes["incubator"].projects["six"].changes.change(1)
    commit(site)
    assert stamps(site, "team")[0] != before


def test_changed_bases_stamp_the_list_anew(site):
    add(site, "stable", "six", "six-1.0.tar.gz")
    _page, names = stamps(site, "team")

    site.indexes["incubator"].policy.bases = ()
    commit(site)

    assert stamps(site, "team")[1] != names


def test_nothing_changed_nothing_is_stamped(site):
    add(site, "stable", "six", "six-1.0.tar.gz")
    before = stamps(site, "team")

    site._p_jar.cacheMinimize()

    assert stamps(site, "team") == before


@pytest.mark.parametrize("version", ["1.0", "1", "v1.0.0", "1.0.0.0"])
def test_n5_a_release_is_found_in_every_spelling_of_its_version(site, version):
    add(site, "stable", "six")

    assert lookup.release(find(site, "stable", "six"), version).version == "1.0"


@pytest.mark.parametrize("version", ["2.0", "", "nonsense", "9" * 5000, "1\0", "1.0.dev0"])
def test_a_release_that_does_not_exist_is_missing(site, version):
    add(site, "stable", "six")

    with pytest.raises(Missing, match="six has no release"):
        lookup.release(find(site, "stable", "six"), version)


@pytest.mark.parametrize(
    ("index", "project", "filename"),
    [
        ("stable", "six", "six-2.0.tar.gz"),
        ("stable", "seven", "six-1.0.tar.gz"),
        ("incubator", "six", "six-1.0.tar.gz"),
    ],
)
def test_a_file_is_that_of_exactly_its_index_or_missing(site, index, project, filename):
    add(site, "stable", "six", "six-1.0.tar.gz")

    with pytest.raises(Missing, match="There is no file"):
        lookup.file(site.indexes[index], project, filename)


def test_files_of_a_quarantined_project_are_missing(site):
    add(site, "stable", "six", "six-1.0.tar.gz").status = "quarantined"

    with pytest.raises(Missing):
        lookup.file(site.indexes["stable"], "six", "six-1.0.tar.gz")
