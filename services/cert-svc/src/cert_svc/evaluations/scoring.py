"""Points as they are given, measured by the rubric (评价规范; T05)."""

from collections.abc import Mapping

from chuangpei.kernel.refusals import FieldError, Text

from cert_svc.policy.rubric import Rubric

Points = int | Mapping[str, int]
"""0 to 100 points of the whole, or by the code of each part where the rubric has parts."""

_NO_PARTS = FieldError("/parts", "no_parts", Text("该评价不分部分", "This evaluation has no parts"))
_PARTS_WANTED = FieldError(
    "/parts", "missing", Text("须按评价规范逐部分评分", "The norm wants points for each part")
)
_EACH_PART_ONCE = Text("须为评价规范的每一部分评分", "Each part of the norm has its points, and no other")


def unfit(rubric: Rubric, points: Points) -> tuple[FieldError, ...]:
    """Everything that keeps the points from being measured by the rubric."""
    if not rubric.parts:
        return () if isinstance(points, int) else (_NO_PARTS,)
    if isinstance(points, int):
        return (_PARTS_WANTED,)
    wanted = {one.code for one in rubric.parts}
    return tuple(
        FieldError(f"/parts/{code}", "missing" if code in wanted else "unknown_part", _EACH_PART_ONCE)
        for code in sorted(wanted ^ points.keys())
    )


def measured(rubric: Rubric, points: Points) -> tuple[int, Mapping[str, int] | None]:
    """The points of the whole, and those of each part where there are parts."""
    return (points, None) if isinstance(points, int) else (rubric.whole(points), points)
