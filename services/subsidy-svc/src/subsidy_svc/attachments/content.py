"""What a file is, told by its content and never by its name; and how it is sealed."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import UUID

import puremagic
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.privacy import Keyring
from chuangpei.problems import BODY_TOO_LARGE, INVALID_INPUT

_HEAD_BYTES = 4_096

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
"""What may be attached: documents and photographs that every officer's machine shows."""


async def read_within(chunks: AsyncIterator[bytes], most: int) -> bytes | Refusal:
    """The whole content as it comes in; refused at the first byte above ``most``."""
    content = bytearray()
    async for chunk in chunks:
        if len(content) + len(chunk) > most:
            text = Text(f"文件不得超过{most}字节", f"A file has at most {most} bytes")
            return Refusal(BODY_TOO_LARGE, detail=text)
        content += chunk
    return bytes(content)


def media_type_of(content: bytes) -> str | Refusal:
    """One of :data:`MEDIA_TYPES`, or the refusal of any other content."""
    try:
        found = puremagic.from_string(content[:_HEAD_BYTES], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in MEDIA_TYPES:
        return found
    text = Text(
        "只接受 PDF、JPEG、PNG 文件，以内容为准", "Only PDF, JPEG and PNG are taken, by their content"
    )
    return Refusal(INVALID_INPUT, errors=(FieldError("/body", "unknown_content", text),))


def digest(content: bytes) -> str:
    """The SHA-256 of the clear content, as hex."""
    return sha256(content).hexdigest()


async def sealed(keyring: Keyring, content: bytes, attachment_id: UUID) -> bytes:
    """The content encrypted at rest, good for this attachment alone; in a thread, for it takes a moment."""
    return await asyncio.to_thread(keyring.encrypt_bytes, content, _purpose(attachment_id))


async def opened(keyring: Keyring, stored: bytes, attachment_id: UUID) -> bytes:
    """The clear content; raises :class:`chuangpei.privacy.CannotDecrypt`."""
    return await asyncio.to_thread(keyring.decrypt_bytes, stored, _purpose(attachment_id))


def _purpose(attachment_id: UUID) -> str:
    return f"subsidy.attachment.{attachment_id}"
