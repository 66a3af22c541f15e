"""Make a transaction rely on what it only read."""

from typing import Any

from BTrees.Length import Length

from mypi.model import Index, Project, Release


def hold(index: Index, *relied_on: Any) -> None:
    """Conflict with whoever deletes the project or changes the policy meanwhile.

    Merging must not hide a real clash: both acts write to exactly these objects.
    """
    connection = index._p_jar
    if connection is None:
        return
    for noun in (index.policy, *relied_on):
        if noun._p_jar is not None:
            noun._p_activate()  # a ghost has no serial, and would not be held
            connection.readCurrent(noun)


def claim(index: Index, project: Project) -> None:
    """Conflict also with an upload into the project that commits first: for who takes it out.

    Else its file would merge into what is gone.  Each upload counts in ``changes``, and counts
    merge; so the count that was read is held, and a new one takes its place.
    """
    hold(index, project.changes)
    project.changes = Length(project.changes())


def claim_release(index: Index, release: Release) -> None:
    """The same for who takes a release out; uploads into other releases of its project go on.

    An upload writes to one bucket of the files, or to the tree while that has its only one inside.
    The files themselves must not be changed: what is written is no longer held.
    """
    release.files._p_activate()
    buckets = []
    bucket = release.files._firstbucket
    while bucket is not None:
        buckets.append(bucket)
        bucket._p_activate()
        bucket = bucket._next
    hold(index, release.files, *buckets)
