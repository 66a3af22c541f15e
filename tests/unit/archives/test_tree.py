"""The members of an archive as a tree."""

from mypi.archives.reading import Entry
from mypi.archives.tree import MAX_DEPTH, biggest, branches


def entries(**sizes):
    return [Entry(name, size) for name, size in sizes.items()]


def shown(found):
    return [("  " * it.depth + it.name, it.size) for it in found]


DEMO = entries(
    **{"demo/a.py": 10, "demo/sub/b.py": 20, "demo/sub/deep/c.py": 30, "setup.py": 5, "demo/": 0}
)


def test_a_tree_opens_its_folders_and_adds_sizes_up():
    found = branches(DEMO, "", room=100)

    assert shown(found) == [
        ("demo", 60),
        ("  sub", 50),
        ("    deep", 30),
        ("      c.py", 30),
        ("    b.py", 20),
        ("  a.py", 10),
        ("setup.py", 5),
    ]
    assert [it.files for it in found] == [3, 2, 1, 1, 1, 1, 1]
    assert [it.name for it in found if it.is_open] == ["demo", "sub", "deep"]


def test_folders_stay_closed_when_there_is_no_room():
    found = branches(DEMO, "", room=2)

    assert shown(found) == [("demo", 60), ("setup.py", 5)]
    assert not found[0].is_open


def test_a_folder_is_shown_by_itself():
    assert shown(branches(DEMO, "demo/sub/", room=100)) == [
        ("deep", 30),
        ("  c.py", 30),
        ("b.py", 20),
    ]


def test_names_of_hundreds_of_levels_are_cut():
    found = branches([Entry("a/" * 500 + "b", 7)], "", room=10_000)

    assert len(found) <= MAX_DEPTH
    assert {it.size for it in found} == {7}
    assert all(it.is_folder for it in found)


def test_the_biggest_are_where_the_bytes_part():
    listed = entries(**{f"top/locale/{n}.po": 10 for n in range(20)}, **{"top/code.py": 5})

    found = biggest(branches(listed, "", room=100), 2)

    assert [it.path for it in found] == ["top/locale/", "top/locale/0.po"]
