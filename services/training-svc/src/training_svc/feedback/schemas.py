"""Feedback as the API takes and shows it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

Hundredths = Annotated[int, Field(examples=[420], description="百分之一分：420 即 4.20 分 · 420 is 4.20")]
Averages = Annotated[
    dict[str, int],
    Field(examples=[{"content": 420}], description="各评价项平均分（百分之一分） · of each question"),
]


class LinkFilters(ListQuery):
    """The orders of the trainees who were asked."""

    sort: Literal["id", "-id", "name", "-name"] = "id"


class LinkPage(LinkFilters, PageQuery):
    """A page of the trainees who were asked."""


class LinkExport(LinkFilters, ExportQuery):
    """The trainees who were asked as a file."""


class CommentFilters(ListQuery):
    """Comments have no order but by chance."""


class CommentPage(CommentFilters, PageQuery):
    """A page of the comments."""


class CommentExport(CommentFilters, ExportQuery):
    """The comments as a file."""


class ClassResultFilters(ListQuery):
    """What the results of classes may be narrowed to, and their orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    project_code: Code | None = None
    ended_since: date | None = None
    ended_until: date | None = None
    sort: Literal["id", "-id", "ends_on", "-ends_on", "average", "-average"] = "id"


class ClassResultPage(ClassResultFilters, PageQuery):
    """A page of the results of classes."""


class ClassResultExport(ClassResultFilters, ExportQuery):
    """The results of classes as a file."""


class InstitutionResultFilters(ListQuery):
    """What the results of institutions may be narrowed to, and their orders."""

    district: DistrictCode | None = None
    credit_code: CreditCodeText | None = None
    sort: Literal["id", "-id", "name", "-name", "average", "-average"] = "id"


class InstitutionResultPage(InstitutionResultFilters, PageQuery):
    """A page of the results of institutions."""


class InstitutionResultExport(InstitutionResultFilters, ExportQuery):
    """The results of institutions as a file."""


class InstructorResultFilters(ListQuery):
    """The orders of the results of instructors."""

    sort: Literal["name", "-name", "average", "-average"] = "name"


class InstructorResultPage(InstructorResultFilters, PageQuery):
    """A page of the results of instructors."""


class InstructorResultExport(InstructorResultFilters, ExportQuery):
    """The results of instructors as a file."""


class NewAnswer(Body):
    """A trainee's answer (学员评价): a score of every question, and perhaps a comment."""

    scores: dict[Code, Annotated[int, Field(ge=1, le=5)]] = Field(
        max_length=50,
        examples=[{"content": 5, "teaching": 5, "organisation": 4, "facilities": 3, "benefit": 4}],
        description="每项 1 至 5 分 · 1 to 5 for each question",
    )
    comment: str | None = Field(
        default=None,
        min_length=1,
        max_length=1_000,
        examples=["案例很实用"],
        description="意见建议 · comment",
    )


class RoundView(BaseModel):
    """A class whose trainees are asked; the results are there once enough answered and it has closed."""

    class_id: UUID
    opened_on: date
    last_day: date = Field(description="最后评价日（含） · last day to answer, included")
    invited: int
    closed_on: date | None
    answers: int | None = Field(description="评价人数，不足公布人数为空 · null where too few to be shown")


class LinkView(BaseModel):
    """A trainee who was asked, masked; nobody sees whether or what they answered."""

    enrolment_id: UUID
    name: str = Field(examples=["张*"])
    id_number: str = Field(examples=["310*************15"])
    opened_on: date
    last_day: date


class MyLinkView(BaseModel):
    """A citizen's own one-time link."""

    class_id: UUID
    class_name: str
    institution_name: str
    last_day: date
    token: str = Field(examples=["hZk0Jm1q6cU3tqf3mXn9Tw"])


class MyLinks(BaseModel):
    """The citizen's links that may be used now."""

    items: list[MyLinkView]


class QuestionView(BaseModel):
    """A question to score from 1 to 5."""

    code: str
    zh: str
    en: str


class AskedView(BaseModel):
    """What a one-time link asks."""

    class_name: str
    institution_name: str
    last_day: date
    questions: list[QuestionView]


class ClassResultView(BaseModel):
    """The results of a class of which enough answered."""

    id: UUID
    name: str
    institution_name: str
    district: str
    project_code: str
    stage: int
    ends_on: date
    invited: int
    answers: int
    average: Hundredths
    averages: Averages


class InstitutionResultView(BaseModel):
    """The results of an institution: the sum of its classes whose results are shown."""

    id: UUID
    name: str
    credit_code: str
    district: str
    classes: int
    answers: int
    average: Hundredths
    averages: Averages


class InstructorResultView(BaseModel):
    """The results of an instructor, masked: the sum of the classes taught whose results are shown."""

    name: str = Field(examples=["李*"])
    id_number: str
    classes: int
    answers: int
    average: Hundredths
    averages: Averages


class CommentView(BaseModel):
    """A comment; it is text, whatever it looks like."""

    comment: str
