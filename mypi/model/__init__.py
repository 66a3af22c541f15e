"""The persistent nouns: Site > Index > Project > Release > File > Artifact.

Their dotted names are stored in the database: moving a class is a schema change (an alias and an
evolve step), not a refactoring.
"""

from mypi.model.file import Artifact, File, Link, MetadataFile
from mypi.model.index import Index, IndexPolicy
from mypi.model.journal import Entry, Journal
from mypi.model.project import Project, Release
from mypi.model.site import Site

__all__ = [
    "Artifact",
    "Entry",
    "File",
    "Index",
    "IndexPolicy",
    "Journal",
    "Link",
    "MetadataFile",
    "Project",
    "Release",
    "Site",
]
