"""What a simulator knows, kept in one JSON file so that a restart finds it again."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

Entries = dict[str, Any]


class Store:
    """Entries by key, all in memory; each change is written at once, whole or not at all (mode 0600)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries: Entries = json.loads(file.read_text()) if file.exists() else {}

    def get(self, key: str) -> Any:
        """The entry, or None."""
        return self._entries.get(key)

    def entries(self) -> list[tuple[str, Any]]:
        """Every key with its entry, in the order in which the keys came."""
        return list(self._entries.items())

    def put(self, key: str, entry: Any) -> None:
        """Keeps the entry in place of an earlier one."""
        self._entries[key] = entry
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
        with os.fdopen(handle, "w") as stream:
            json.dump(self._entries, stream, ensure_ascii=False)
        Path(name).replace(self._file)
