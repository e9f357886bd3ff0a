"""Where files are kept (附件存储): a folder, or a bucket of any S3-speaking store, through obstore.

A file is one object under a path of ours, written whole and never changed.
"""

import logging
from typing import TYPE_CHECKING, Protocol

from chuangpei.kernel.refusals import Refusal
from obstore.exceptions import BaseError

from subsidy_svc.problems import FILES_AWAY
from subsidy_svc.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_FAILURES = (OSError, BaseError)
log = logging.getLogger(__name__)


class Files(Protocol):
    """Keeps files."""

    async def put(self, path: str, content: bytes) -> Refusal | None:
        """Writes a file; a refusal while the store cannot be reached."""

    async def get(self, path: str) -> bytes | Refusal | None:
        """The content; None where there is no such file; a refusal while the store cannot be reached."""

    async def delete(self, path: str) -> Refusal | None:
        """Deletes a file, whether it is there or not; a refusal while the store cannot be reached."""


class StoredFiles:
    """Files in an object store."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    @classmethod
    def of(cls, settings: Settings) -> "StoredFiles":
        """The store that the settings name: ``file:///folder`` or ``s3://bucket/prefix``."""
        from obstore.store import LocalStore, S3Store  # slow to load, and most processes use no file

        scheme, _, place = settings.attachments_url.partition("://")
        if scheme == "file":
            return cls(LocalStore(place, mkdir=True))
        if scheme != "s3":
            raise ValueError(f"attachments_url is file:// or s3://, not {scheme}://")
        bucket, _, prefix = place.partition("/")
        secret = settings.attachments_s3_secret
        endpoint = settings.attachments_s3_endpoint
        given = {
            "endpoint": endpoint,
            "region": settings.attachments_s3_region,
            "access_key_id": settings.attachments_s3_key_id,
            "secret_access_key": secret.get_secret_value() if secret else None,
        }
        return cls(
            S3Store(
                bucket,
                prefix=prefix or None,
                config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]  # those of S3Config
                client_options={
                    "timeout": f"{settings.port_timeout_seconds}s",
                    "allow_http": bool(endpoint and endpoint.startswith("http://")),
                },
                retry_config={"max_retries": 2},
            )
        )

    async def put(self, path: str, content: bytes) -> Refusal | None:
        """Writes a file; a refusal while the store cannot be reached."""
        try:
            await self._store.put_async(path, content)
        except _FAILURES as error:
            return _away(error)
        return None

    async def get(self, path: str) -> bytes | Refusal | None:
        """The content; None where there is no such file; a refusal while the store cannot be reached."""
        try:
            found = await self._store.get_async(path)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except _FAILURES as error:
            return _away(error)

    async def delete(self, path: str) -> Refusal | None:
        """Deletes a file, whether it is there or not; a refusal while the store cannot be reached."""
        try:
            await self._store.delete_async(path)
        except FileNotFoundError:
            return None
        except _FAILURES as error:
            return _away(error)
        return None


def _away(error: Exception) -> Refusal:
    log.warning("the store of attachments failed: %s", type(error).__name__)
    return Refusal(FILES_AWAY, retry_after_seconds=30)
