"""Evaluation norms as the API takes and shows them."""

from typing import Annotated

from chuangpei.fields import Code, Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.web import Body
from pydantic import AfterValidator, Field

from training_svc.published.schemas import Amendment, DocumentView, NewDocument

_WEIGHTS = Text("各部分权重之和应为100", "The weights of the parts sum to 100")
_NAMED_TWICE = Text("评价部分的编码重复", "A part's code is given twice")
_MARK = "合格分（百分制） · mark to pass, of 100"
_RETAKES = "补考次数上限 · most retakes (D12)"
_MONTHS = "结业后可补考的月数 · months after completion in which to retake (D12)"


class NormPart(Body):
    """One part of an evaluation: a written test (笔试), a business plan (创业计划书), a defence (答辩)."""

    code: Code = Field(examples=["written"])
    name: Name = Field(examples=["笔试"])
    weight: int = Field(ge=1, le=100, examples=[40], description="权重（%） · weight in percent")


def _whole(parts: list[NormPart]) -> list[NormPart]:
    if sum(one.weight for one in parts) != 100:
        raise InvalidText(_WEIGHTS)
    if len({one.code for one in parts}) != len(parts):
        raise InvalidText(_NAMED_TWICE)
    return parts


Parts = Annotated[list[NormPart], Field(min_length=1, max_length=10), AfterValidator(_whole)]


class NewNorm(NewDocument):
    """A version of a project's evaluation norm (评价规范) to publish; once cited it never changes (T05)."""

    name: Name = Field(examples=["创业初创期培训评价规范（2026版）"])
    pass_mark: int = Field(ge=1, le=100, examples=[60], description=_MARK)
    parts: Parts = Field(
        examples=[
            [
                {"code": "written", "name": "笔试", "weight": 40},
                {"code": "plan", "name": "创业计划书", "weight": 40},
                {"code": "defence", "name": "答辩", "weight": 20},
            ]
        ]
    )
    most_retakes: int = Field(default=2, ge=0, le=10, description=_RETAKES)
    retake_months: int = Field(default=6, ge=1, le=60, description=_MONTHS)


class NormAmendment(Amendment):
    """What of a norm is to be amended before it is first cited."""

    pass_mark: int | None = Field(None, ge=1, le=100, description=_MARK)
    parts: Parts | None = None
    most_retakes: int | None = Field(None, ge=0, le=10, description=_RETAKES)
    retake_months: int | None = Field(None, ge=1, le=60, description=_MONTHS)


class NormView(DocumentView):
    """A published version of an evaluation norm."""

    pass_mark: int = Field(examples=[60])
    parts: list[NormPart]
    most_retakes: int = Field(examples=[2])
    retake_months: int = Field(examples=[6])
