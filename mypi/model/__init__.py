"""The persistent nouns: Site > Index > Project > Release > File > Artifact.

Their dotted names are stored in the database: moving a class is a schema change (an alias and an
evolve step), not a refactoring.
"""

from mypi.model.file import Artifact, File, Link, MetadataFile
from mypi.model.index import Index
from mypi.model.journal import APPENDED, Appended, Entry, Journal
from mypi.model.policy import IndexPolicy
from mypi.model.project import Project, Release
from mypi.model.promotion import Moved, Origin, Promotion
from mypi.model.site import Site
from mypi.model.trash import Trashed
from mypi.model.users import Group, Token, User
from mypi.model.webhooks import Attempt, Webhook

__all__ = [
    "APPENDED",
    "Appended",
    "Artifact",
    "Attempt",
    "Entry",
    "File",
    "Group",
    "Index",
    "IndexPolicy",
    "Journal",
    "Link",
    "MetadataFile",
    "Moved",
    "Origin",
    "Project",
    "Promotion",
    "Release",
    "Site",
    "Token",
    "Trashed",
    "User",
    "Webhook",
]
