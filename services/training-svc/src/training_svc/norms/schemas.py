"""Evaluation norms as the API takes and shows them."""

from typing import Annotated, Any

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
_PART_MARK = "单项合格线（百分制），空为不设 · mark to pass of this part, none where it is free"
_DIFFERENCE = "两份盲评最大分差，空为一人评分即可 · most points between two blind scores, none for one score"
_DISPUTE = "成绩公布后可申请复核的天数，空为按平台规定 · days to dispute a result, none for the dated number"
_MAY_BE_NONE = {"most_difference", "dispute_days"}


class NormPart(Body):
    """One part of an evaluation: a written test (笔试), a business plan (创业计划书), a defence (答辩)."""

    code: Code = Field(examples=["written"])
    name: Name = Field(examples=["笔试"])
    weight: int = Field(ge=1, le=100, examples=[40], description="权重（%） · weight in percent")
    pass_mark: int | None = Field(default=None, ge=1, le=100, examples=[50], description=_PART_MARK)


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
    most_difference: int | None = Field(default=None, ge=0, le=100, examples=[10], description=_DIFFERENCE)
    dispute_days: int | None = Field(default=None, ge=1, le=365, examples=[15], description=_DISPUTE)


class NormAmendment(Amendment):
    """What of a norm is to be amended before it is first cited; null takes back what it may do without."""

    pass_mark: int | None = Field(None, ge=1, le=100, description=_MARK)
    parts: Parts | None = None
    most_retakes: int | None = Field(None, ge=0, le=10, description=_RETAKES)
    retake_months: int | None = Field(None, ge=1, le=60, description=_MONTHS)
    most_difference: int | None = Field(None, ge=0, le=100, description=_DIFFERENCE)
    dispute_days: int | None = Field(None, ge=1, le=365, description=_DISPUTE)

    def changes(self) -> dict[str, Any]:
        """The fields that are named, with their new values."""
        return super().changes() | self.model_dump(include=_MAY_BE_NONE & self.model_fields_set)


class NormView(DocumentView):
    """A published version of an evaluation norm."""

    pass_mark: int = Field(examples=[60])
    parts: list[NormPart]
    most_retakes: int = Field(examples=[2])
    retake_months: int = Field(examples=[6])
    most_difference: int | None = Field(examples=[10])
    dispute_days: int | None = Field(examples=[15])
