"""The rules of qualifications (资质): who may apply, and what the district measures (T07)."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from chuangpei.kernel.dated import InForce
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.refusals import Finding, Outcome, Text

from training_svc.policy import criteria
from training_svc.policy.facts import Standard
from training_svc.policy.findings import ARTICLES, Rule, finding
from training_svc.policy.organisers import QUALIFIED_STAGE
from training_svc.policy.parameters import Parameters

_DAY = timedelta(days=1)
_LAW = Text("申请与认定应在文件有效期内", "Applying and approving take place while the document is in force")


@dataclass(frozen=True, slots=True)
class Figures:
    """What an institution declares (申报), or its district finds (核实).

    The largest class it means to hold, in trainees; its instructors; the hours of the course; the area of the
    room for such a class in square decimetres; the share of the hours that is online, in percent.
    """

    class_size: int
    instructors: int
    hours: int
    room_square_decimetres: int
    online_percent: int


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """An application on the day ``today``; ``standard`` is the project's version in force that day.

    ``granted_until`` is the last day of a qualification the institution holds by the cited version.
    ``parameters`` are those of the day, None where no law is in force.
    """

    law: InForce
    today: date
    stage: int
    project_retired: bool
    project_district: str | None
    district: str
    cited_version: str
    standard: Standard | None
    granted_until: date | None
    parameters: Parameters | None


@dataclass(frozen=True, slots=True)
class CriteriaFacts:
    """The figures of an application beside the standard it cites, on the day ``today``."""

    law: InForce
    today: date
    standard: Standard
    declared: Figures | None
    found: Figures


def law_is_in_force(facts: ApplicationFacts | CriteriaFacts) -> Finding:
    """O06: nobody applies or is approved outside the dates of the document."""
    return criteria.law_covers(facts.law, facts.today, _LAW)


def project_takes_qualifications(facts: ApplicationFacts) -> Finding:
    """T03: only stage 3 (创业初创期) is run by qualified institutions."""
    text = Text(
        "只有创业初创期项目由具有资质的机构开展", "Only stage-3 projects are run by qualified institutions"
    )
    return finding("T03", facts.stage == QUALIFIED_STAGE, facts.stage, QUALIFIED_STAGE, text)


def project_is_not_retired(facts: ApplicationFacts) -> Finding:
    """T01: a retired project takes no application."""
    return criteria.project_stands(facts.project_retired)


def project_is_of_the_district(facts: ApplicationFacts) -> Finding | None:
    """T02: a district project is for the institutions of its district."""
    return criteria.project_is_of_the_district(facts.project_district, facts.district)


def cited_standard_is_in_force(facts: ApplicationFacts) -> Finding:
    """T05, T07: an application cites the version in force on the day it is submitted."""
    in_force = facts.standard.version if facts.standard else "—"
    text = Text("申请应引用当日有效的标准版本", "An application cites the standard in force on its day")
    return finding("T07", facts.cited_version == in_force, facts.cited_version, in_force, text)


def renewal_is_not_early(facts: ApplicationFacts) -> Finding | None:
    """T07: who holds a qualification applies for its renewal (续期) in its last days only."""
    if facts.granted_until is None or facts.parameters is None:
        return None
    first = facts.granted_until - timedelta(days=facts.parameters.qualification_renewal_days)
    text = Text(
        "已持有效资质，到期前方可申请续期", "It holds a qualification, which is renewed before its end only"
    )
    return finding("T07", facts.today >= first, facts.today, f"≥ {first}", text)


def hours_reach_the_standard(facts: CriteriaFacts) -> Finding:
    """T07: the hours of the course (课时)."""
    least = facts.standard.min_hours
    text = Text("课程课时应不少于标准", "The course has the hours the standard asks")
    return finding("T07", facts.found.hours >= least, facts.found.hours, f"≥ {least}", text)


def size_is_within_the_standard(facts: CriteriaFacts) -> Finding:
    """T07: the largest class (班额)."""
    return criteria.class_size("T07", facts.found.class_size, facts.standard)


def instructors_suffice(facts: CriteriaFacts) -> Finding | None:
    """T07: instructors (师资) for the largest class."""
    return criteria.instructor_ratio("T07", facts.found.class_size, facts.found.instructors, facts.standard)


def room_suffices(facts: CriteriaFacts) -> Finding | None:
    """T07: room (场地) for the largest class."""
    found = facts.found
    return criteria.room_size("T07", found.class_size, found.room_square_decimetres, facts.standard)


def online_share_is_within_the_standard(facts: CriteriaFacts) -> Finding | None:
    """T07, T09: the share taught online (线上占比), where the standard limits it."""
    most = facts.standard.max_online_percent
    if most is None:
        return None
    share = facts.found.online_percent
    text = Text("线上课时占比应不超过标准（%）", "The online share is at most the standard's (percent)")
    return finding("T07", share <= most, share, f"≤ {most}", text)


def figures_are_as_declared(facts: CriteriaFacts) -> Finding | None:
    """T07: warns where the district found other figures (核实不符) than were declared; its own count."""
    if facts.declared is None:
        return None
    declared, found = asdict(facts.declared), asdict(facts.found)
    other = [name for name in declared if declared[name] != found[name]]
    outcome = Outcome.WARNED if other else Outcome.PASSED
    text = Text(
        "核实数据应与申报一致，按核实数据认定", "What was found is what was declared; the former counts"
    )
    fact, required = (", ".join(f"{name} {of[name]}" for name in other) or "—" for of in (found, declared))
    return Finding("T07", ARTICLES["T07"], outcome, fact, required, text)


APPLICATION_RULES: tuple[Rule[ApplicationFacts], ...] = (
    law_is_in_force,
    project_takes_qualifications,
    project_is_not_retired,
    project_is_of_the_district,
    cited_standard_is_in_force,
    renewal_is_not_early,
)
CRITERIA_RULES: tuple[Rule[CriteriaFacts], ...] = (
    law_is_in_force,
    hours_reach_the_standard,
    size_is_within_the_standard,
    instructors_suffice,
    room_suffices,
    online_share_is_within_the_standard,
    figures_are_as_declared,
)


def period_of(today: date, granted_until: date | None, years: int) -> tuple[date, date]:
    """The first and the last whole day of a qualification granted today (T07).

    A renewal begins where the one before it ends; the last day has the same day number ``years`` later.
    """
    first = max(today, granted_until + _DAY) if granted_until else today
    return first, add_years(first, years)
