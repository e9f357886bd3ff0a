"""What the API takes and shows of attachments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from chuangpei.paging import ListQuery
from pydantic import BaseModel, Field

from subsidy_svc.supplements.schemas import Subject


class FileQuery(ListQuery):
    """What a file is called and what it is about (附件说明)."""

    name: Annotated[
        str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f/\\]+$", examples=["股东名册.pdf"])
    ]
    subject: Subject


class AttachmentView(BaseModel):
    """A file of a claim, a draft or an objection (附件、证据); its kind is told by its content.

    A draft's file goes with it: ``claim_id`` is the claim that the draft became, null before.
    """

    id: UUID
    claim_id: UUID | None
    draft_id: UUID | None
    objection_id: UUID | None
    subject: Subject
    name: str
    media_type: str
    bytes: int
    sha256: str
    uploaded_at: datetime
