"""Projects as the API takes and shows them."""

from typing import Annotated, Literal

from chuangpei.fields import Code, Name
from chuangpei.web import Body
from pydantic import BaseModel, Field

Stage = Annotated[
    Literal[1, 2, 3, 4],
    Field(
        examples=[3],
        description="1 创业意识激发期 · 2 创业准备期 · 3 创业初创期 · 4 创业发展期",
    ),
]


class NewProject(Body):
    """A project (培训项目) to add to the catalogue."""

    code: Code = Field(examples=["IYB"])
    name: Name = Field(examples=["改善你的企业"])
    stage: Stage


class ProjectView(BaseModel):
    """A project of the catalogue."""

    code: str = Field(examples=["IYB"])
    name: str = Field(examples=["改善你的企业"])
    stage: int = Field(examples=[3])
