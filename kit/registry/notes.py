"""What channels offered when somebody here last looked, on the disk: to start by while the registry does not answer.

Pointers are kept as they are, signed, and are verified again whenever they are read. So whoever can write here can at most show
an older one, for as long as the registry is away; the folder is ours alone, as that of the models beside it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from kit.errors import ModelInvalid, NotFound, StorageUnavailable
from kit.files.folder import FolderFiles
from kit.log import get_logger
from kit.registry.faults import disk_faults
from kit.registry.layout import pointer_key, pointers_prefix, sequence_of
from kit.registry.store import CreateOnlyStore, Store

_DIGEST_CHARACTERS = 16


class Notes:
    """Pointers of one registry, laid out as there. Processes may share them.

    Attributes:
        store: where they are. It has the pointers of channels alone.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def last(self, channel: str, name: str) -> int:
        """Sequence of the last pointer that is noted; 0: none is. Raises StorageUnavailable when the disk fails."""
        prefix = pointers_prefix(channel, name)
        found = (sequence_of(key, prefix) for key in self.store.keys(prefix))
        return max((number for number in found if number is not None), default=0)

    def keep(self, store: Store, channel: str, name: str, last: int) -> None:
        """Copies what is not here yet of the pointers up to `last`, which is verified. What cannot be copied is logged."""
        # The last one first: what a crash leaves has a gap then, which nobody follows, and not an older end, which looks whole.
        try:
            noted = set(self.store.keys(pointers_prefix(channel, name)))
            for key in (pointer_key(channel, name, number) for number in range(last, 0, -1)):
                if key not in noted:
                    self.store.create(key, store.read(key))
        except (ModelInvalid, NotFound, StorageUnavailable) as error:
            get_logger().warning("what the channel offers could not be noted", model=name, why=error.message)


def open_notes(url: str, folder: Path) -> Notes:
    """The notes about the registry at `url`, below the folder of the models from there. Raises StorageUnavailable."""
    place = folder / "notes" / hashlib.sha256(url.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    with disk_faults(place):
        for made in (folder, place.parent, place):
            made.mkdir(mode=0o700, parents=made is folder, exist_ok=True)
    return Notes(CreateOnlyStore(FolderFiles(place)))
