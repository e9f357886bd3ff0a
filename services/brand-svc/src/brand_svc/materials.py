"""What an institution hands in (申报材料), to be assessed or to apply: alike, for both stand on one list."""

from typing import Annotated, Self

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.web import Body
from pydantic import Field, model_validator

from brand_svc.evidence import Evidence
from brand_svc.policy.rubric import Dimension

_MORE = Text("分项多于培训总人次", "A part is more than all trainees")

Statement = Annotated[
    str,
    Field(
        min_length=2,
        max_length=4000,
        description="机构陈述 · the institution's own statement",
        examples=["深耕智能制造培训，年培训量两千人次。"],
    ),
]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Paper(Evidence):
    """A paper that shows something of one dimension (佐证材料; B04), known again by its SHA-256.

    The papers themselves stay where they are filed.
    """

    dimension: Dimension = Field(examples=["results"])
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class Figures(Body):
    """The year before, in numbers (上年度基本数据), by the items of the standards (附件 一至四; B04)."""

    major_events: Count = Field(description="承办重点工作和重大活动（次）", examples=[4])
    shared_courses: Count = Field(description="共建共享课程（门）", examples=[6])
    institutions_assisted: Count = Field(description="对口帮扶薄弱机构（家）", examples=[2])
    own_courses: Count = Field(description="自主研发特色课程（门）", examples=[5])
    dual_qualified_teachers: Count = Field(description="“双师型”教师（人）", examples=[8])
    evening_classes: Count = Field(description="技能夜校（班次）", examples=[10])
    trainees: Count = Field(description="培训人次", examples=[2000])
    highly_skilled: Count = Field(description="其中高技能人才（人次）", examples=[300])
    by_order: Count = Field(description="其中订单式、定向式（人次）", examples=[600])
    employed: Count = Field(description="其中培训后就业（人次）", examples=[1500])
    floor_area: Count = Field(description="固定场所面积（平方米）", examples=[1200])
    full_time_teachers: Count = Field(description="专职师资（人）", examples=[20])
    full_time_managers: Count = Field(description="专职管理团队（人）", examples=[6])

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        if max(self.highly_skilled, self.by_order, self.employed) > self.trainees:
            raise InvalidText(_MORE)
        return self


Papers = Annotated[list[Paper], Field(max_length=100, description="佐证材料 · the evidence")]


class Materials(Body):
    """All that is handed in: the statement, the figures of the year before, and at least one paper."""

    statement: Statement
    figures: Figures
    evidence: Annotated[Papers, Field(min_length=1)]
