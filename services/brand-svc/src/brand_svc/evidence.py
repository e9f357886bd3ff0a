"""Evidence (证据材料): where a paper, a record or a file is kept, named by whoever relies on it."""

from datetime import date
from typing import Annotated

from chuangpei.web import Body
from pydantic import Field


class Evidence(Body):
    """One piece of evidence (证据): what it is, where it is kept, of which day, and the file's SHA-256."""

    title: str = Field(min_length=2, max_length=200, examples=["现场检查笔录"])
    reference: str = Field(min_length=1, max_length=200, examples=["浦人社检〔2026〕31号"])
    dated: date | None = Field(default=None, examples=["2026-07-05"])
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


EvidenceList = Annotated[
    list[Evidence],
    Field(
        max_length=50,
        description="证据材料 · evidence",
        examples=[[{"title": "现场检查笔录", "reference": "浦人社检〔2026〕31号"}]],
    ),
]


def as_kept(evidence: list[Evidence]) -> list[dict[str, object]]:
    """The evidence as JSON keeps it."""
    return [one.model_dump(mode="json") for one in evidence]
