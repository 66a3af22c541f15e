"""When the index was last packed and backed up: a note in the data folder, for monitoring.

No part of the database: a backup that wrote into it would never be done.
"""

import json
import os
import time
from pathlib import Path

NOTE = "maintenance.json"
BACKUP, PACK = "backup", "pack"


def note(folder: Path, what: str) -> None:
    """Write down that ``what`` (``backup`` or ``pack``) is done; a disk that is full keeps it."""
    said = {**read(folder), what: time.time()}
    draft = folder / f"{NOTE}.{os.getpid()}"
    try:
        draft.write_text(json.dumps(said) + "\n")
        draft.replace(folder / NOTE)
    except OSError:
        draft.unlink(missing_ok=True)


def read(folder: Path) -> dict[str, float]:
    """When each was done, in seconds since the epoch; what was never done is missing."""
    try:
        said = json.loads((folder / NOTE).read_text())
        return {what: float(said[what]) for what in (BACKUP, PACK) if what in said}
    except (OSError, ValueError, TypeError):
        return {}
