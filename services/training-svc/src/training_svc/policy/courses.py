"""The rules of excellent courses (精品课程, T09): facts in, a finding out."""

from dataclasses import dataclass
from datetime import date

from chuangpei.kernel.dated import InForce
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding
from training_svc.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course on ``day`` (Asia/Shanghai), on which it is submitted or was decided.

    ``parameters`` are those of the day, None where no law is ``in_force``. ``max_online_percent`` is the cap
    of the project's standard, None where it sets none. ``scores`` (0 to 100) are one for each assessor;
    ``grant_fen`` is what the developer is to get.
    """

    in_force: InForce
    day: date
    parameters: Parameters | None
    online_percent: int
    max_online_percent: int | None
    scores: tuple[int, ...] = ()
    grant_fen: int = 0
    released_materials: int = 0


def law_covers_the_course(facts: CourseFacts) -> Finding:
    """O06: a course is submitted and recognised while the document is in force."""
    text = Text(
        "申报与认定应在文件有效期内", "Courses are submitted and recognised while the document is in force"
    )
    required = f"{facts.in_force.first}/{facts.in_force.last or ''}"
    return finding("O06", facts.in_force.covers(facts.day), facts.day, required, text)


def online_share_is_within_the_standard(facts: CourseFacts) -> Finding | None:
    """T09, T05: what is taught online (线上线下相结合) keeps within the standard's share."""
    if facts.max_online_percent is None:
        return None
    most = facts.max_online_percent
    text = Text(
        "线上教学比例应不超过标准（%）", "The share taught online keeps within the standard (percent)"
    )
    return finding("T09", facts.online_percent <= most, facts.online_percent, f"≤ {most}", text)


def assessors_are_enough(facts: CourseFacts) -> Finding | None:
    """T09: a course is assessed (评估) by as many people as the city centre asks."""
    if facts.parameters is None:
        return None
    least = facts.parameters.course_assessors
    text = Text("评估人数应达到要求", "As many people as asked have assessed the course")
    return finding("T09", len(facts.scores) >= least, len(facts.scores), f"≥ {least}", text)


def score_reaches_the_mark(facts: CourseFacts) -> Finding | None:
    """T09: the mean of the assessors' scores reaches the mark; compared in whole numbers."""
    if facts.parameters is None or not facts.scores:
        return None
    mark, total, count = facts.parameters.course_pass_mark, sum(facts.scores), len(facts.scores)
    text = Text("评估平均分应达到认定线", "The mean of the assessors' scores reaches the mark")
    return finding("T09", total >= mark * count, f"{total}/{count}", f"≥ {mark}", text)


def grant_is_within_the_cap(facts: CourseFacts) -> Finding | None:
    """T09, D11: the developer's grant (专项资金资助) is at most 100,000 yuan."""
    if facts.parameters is None:
        return None
    most = facts.parameters.course_grant_fen
    text = Text("资助金额应不超过上限（元）", "The grant keeps within the cap (yuan)")
    return finding("T09", facts.grant_fen <= most, yuan(Fen(facts.grant_fen)), f"≤ {yuan(Fen(most))}", text)


def material_is_released(facts: CourseFacts) -> Finding:
    """T09: what joins the city's course system (课程体系) has something to teach from."""
    text = Text("纳入课程体系前须有已发布的课件", "A course of the system has a released material")
    return finding("T09", facts.released_materials > 0, facts.released_materials, "≥ 1", text)


SUBMISSION_RULES: tuple[Rule[CourseFacts], ...] = (
    law_covers_the_course,
    online_share_is_within_the_standard,
)
RECOGNITION_RULES: tuple[Rule[CourseFacts], ...] = (
    law_covers_the_course,
    assessors_are_enough,
    score_reaches_the_mark,
    grant_is_within_the_cap,
)
ADMISSION_RULES: tuple[Rule[CourseFacts], ...] = (material_is_released,)
AMENDMENT_RULES: tuple[Rule[CourseFacts], ...] = (
    online_share_is_within_the_standard,
    grant_is_within_the_cap,
)
