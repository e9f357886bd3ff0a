"""What the API takes and shows of supplements."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from chuangpei.web import Body
from pydantic import BaseModel, Field


class Subject(StrEnum):
    """What of an application a supplement is about (补正事项)."""

    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    ENTERPRISE = "enterprise"
    ROLE = "role"
    ACCOUNT = "account"
    OTHER = "other"


_Text = Annotated[str, Field(min_length=2, max_length=1_000)]


class Missing(Body):
    """One thing that is missing, and what should be given (补正内容)."""

    field: Subject = Field(examples=["role"])
    text: _Text = Field(examples=["请提供载明持股比例的股东名册"])


class SupplementRequest(Body):
    """Everything that is missing, told at once (一次性告知)."""

    missing: list[Missing] = Field(min_length=1, max_length=20)


class Answer(Body):
    """What the person gives for one thing (补正说明); files are attached to the claim."""

    field: Subject = Field(examples=["role"])
    text: _Text = Field(examples=["已上传股东名册，持股比例为百分之六十"])


class SupplementGiven(Body):
    """What the person gives: an answer for each thing that was asked for."""

    answers: list[Answer] = Field(min_length=1, max_length=20)


class SupplementView(BaseModel):
    """A supplement (补正): asked, by when, and given or not. ``overdue`` while it is awaited past its day."""

    number: int
    missing: list[Missing]
    asked_at: datetime
    due_on: date
    answers: list[Answer]
    given_at: datetime | None
    overdue: bool
