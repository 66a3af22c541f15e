"""What the configuration of a ZEO server says ``%import mypi.model`` for: ``<mypi-data>``."""

from typing import Any

from ZODB.config import BaseConfig

from mypi.model.storage import file_uri, open_storage


class DataFolder(BaseConfig):
    """A data folder, opened as pserve opens it when no ZEO server has it."""

    def open(self) -> Any:
        """The storage; raises CannotStart, with one sentence."""
        storage, _options = open_storage(file_uri(self.config.path))
        return storage
