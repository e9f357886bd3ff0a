"""Materials as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import Column, ExportQuery
from chuangpei.fields import Code, Name
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

_SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


MATERIAL_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("课件名称", "Title"), lambda row: row["title"]),
    Column(Text("版本", "Version"), lambda row: row["material_version"]),
    Column(Text("大小（字节）", "Size (bytes)"), lambda row: row["size_bytes"]),
    Column(Text("SHA-256", "SHA-256"), lambda row: row["sha256"]),
    Column(Text("存放地址", "Reference"), lambda row: row["reference"]),
    Column(Text("发布时间", "Released at"), lambda row: row["released_at"]),
)
"""The materials as a file has them."""


class MaterialFilters(ListQuery):
    """What the list of a course's materials may be narrowed to, and its orders."""

    title: Name | None = None
    released: bool | None = None
    sort: Literal["id", "-id", "title", "-title"] = "id"


class MaterialPage(MaterialFilters, PageQuery):
    """A page of the materials."""


class MaterialExport(MaterialFilters, ExportQuery):
    """The materials as a file."""


class NewMaterial(Body):
    """A version of a material (课件): what it is, where it rests, and by which checksum it is known."""

    title: Name = Field(examples=["教学课件"])
    material_version: Code = Field(examples=["1.0"])
    sha256: str = Field(
        pattern="^[0-9a-f]{64}$", examples=[_SHA256], description="文件的 SHA-256 · of the file"
    )
    size_bytes: int = Field(ge=1, le=2**43, examples=[1_048_576], description="文件大小（字节） · in bytes")
    reference: str = Field(
        max_length=500,
        pattern=r"^(https|oss|s3)://[!-~]+$",
        examples=["oss://courses/iyb-digital/slides-1.0.pptx"],
        description="文件存放地址 · where the file rests",
    )


class MaterialView(BaseModel):
    """A version of a material; what is released never changes."""

    id: UUID
    course_id: UUID
    title: str
    material_version: str
    sha256: str
    size_bytes: int
    reference: str
    drafted_at: datetime
    released_at: datetime | None
    version: int
