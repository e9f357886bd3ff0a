"""The rules of training: one function each, facts in, a finding out, or None where nothing is to judge."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy import criteria
from training_svc.policy.facts import (
    ClassFacts,
    CompletionFacts,
    EnrolmentFacts,
    Hours,
    RegistrationFacts,
)
from training_svc.policy.findings import Rule, finding, local
from training_svc.policy.instructors import (
    instructors_may_teach_the_project,
    instructors_stand_in_the_pool,
)
from training_svc.policy.organisers import CENTRES, ORGANISERS_BY_STAGE, QUALIFIED_STAGE
from training_svc.policy.rooms import room_suffices, rooms_are_recorded, rooms_seat_the_class

ORGANISER_RULES = {1: "T02", 2: "T02", 3: "T03", 4: "T04"}
COMPLETION_RULE_OF_STAGE = {1: "C01", 2: "C01", 3: "C02", 4: "C03"}
_INSTANT = timedelta(microseconds=1)


def centres_are_registered_by_officers(facts: RegistrationFacts) -> Finding | None:
    """T02, T04: nobody names himself a public centre (就业促进中心)."""
    if facts.kind not in CENTRES:
        return None
    text = Text("就业促进中心须由区经办人员登记", "An officer registers a public centre")
    return finding("T02", facts.by_officer, facts.kind, "district_officer", text)


def early_codes_are_taken_by_officers(facts: RegistrationFacts) -> Finding | None:
    """T06: only an officer takes a code whose check fails (早期代码), saying why; no other needs that."""
    if not facts.explained_as_early:
        return None
    text = Text(
        "早期代码须由区经办人员说明理由后登记，校验码相符的代码不需要",
        "An officer registers an early code, saying why; a code that checks needs no reason",
    )
    who = "district_officer" if facts.by_officer else "institution"
    code = "checks" if facts.code_checks else "fails"
    holds = facts.by_officer and not facts.code_checks
    return finding("T06", holds, f"{who}, {code}", "district_officer, fails", text)


def law_is_in_force(facts: ClassFacts) -> Finding:
    """O06: a class begins while the document is in force."""
    text = Text("开班日应在文件有效期内", "A class begins while the document is in force")
    return criteria.law_covers(facts.in_force, facts.starts_on, text)


def class_is_filed_in_time(facts: ClassFacts) -> Finding:
    """T06: a class is filed (开班备案) by its first day, that day included: nobody files what is past."""
    text = Text("开班备案应不晚于开班当日", "A class is filed by its first day, that day included")
    return finding("T06", facts.today <= facts.starts_on, facts.today, f"≤ {facts.starts_on}", text)


def project_is_not_retired(facts: ClassFacts) -> Finding:
    """T01: a retired project takes no new class."""
    return criteria.project_stands(facts.project_retired)


def project_is_of_the_district(facts: ClassFacts) -> Finding | None:
    """T02: a district project is held by the institutions of its district."""
    return criteria.project_is_of_the_district(facts.project_district, facts.district)


def organiser_is_allowed(facts: ClassFacts) -> Finding:
    """T02, T03, T04, T07: centres hold stages 1, 2 and 4; a qualified institution holds stage 3."""
    rule = ORGANISER_RULES[facts.stage]
    if facts.stage == QUALIFIED_STAGE:
        text = Text(
            "初创期班级须由获该项目资质的机构举办", "A stage-3 class needs a qualification for its project"
        )
        fact = "qualified" if facts.qualified else "not qualified"
        return finding(rule, facts.qualified, fact, "qualified", text)
    allowed = ORGANISERS_BY_STAGE[facts.stage]
    text = Text("该阶段培训由就业促进中心以项目化运作举办", "Public centres run this stage as a project")
    return finding(rule, facts.organiser in allowed, facts.organiser, ", ".join(sorted(allowed)), text)


def standard_applies(facts: ClassFacts) -> Finding:
    """T05: a class is held by a published standard that is in force when it begins."""
    text = Text("开班须依据已发布并生效的标准", "A class is held by a published standard in force")
    version = facts.standard.version if facts.standard else "—"
    return finding("T05", facts.standard is not None, version, f"≤ {facts.starts_on}", text)


def standard_was_effective(facts: ClassFacts) -> Finding | None:
    """T05: no class is moved to a first day before its standard was effective."""
    if facts.standard is None:
        return None
    since = facts.standard.effective_from
    text = Text("开班日不得早于所依据标准的生效日", "No class begins before its standard is effective")
    return finding("T05", since <= facts.starts_on, facts.starts_on, f"≥ {since}", text)


def hours_reach_the_standard(facts: ClassFacts) -> Finding | None:
    """T05: the sessions together last at least the standard's hours (课时)."""
    if facts.standard is None or facts.parameters is None:
        return None
    held = _minutes(facts.sessions)
    wanted = facts.standard.min_hours * facts.parameters.teaching_hour_minutes
    text = Text(
        "总课时应不少于标准（分钟）", "The sessions last at least as long as the standard asks (minutes)"
    )
    return finding("T05", held >= wanted, held, f"≥ {wanted}", text)


def size_is_within_the_standard(facts: ClassFacts) -> Finding | None:
    """T05: the capacity is at most the standard's class size (班额)."""
    return criteria.class_size("T05", facts.capacity, facts.standard) if facts.standard else None


def instructors_suffice(facts: ClassFacts) -> Finding | None:
    """T05: the class has instructors enough for its capacity (师资配比)."""
    if facts.standard is None:
        return None
    return criteria.instructor_ratio("T05", facts.capacity, len(facts.instructors), facts.standard)


def online_share_is_within_the_standard(facts: ClassFacts) -> Finding | None:
    """T05, T09: the share of the time taught online (线上占比), where the standard limits it."""
    if facts.standard is None or facts.standard.max_online_percent is None:
        return None
    online, held = _minutes(facts.online_sessions), _minutes(facts.sessions)
    most = facts.standard.max_online_percent
    text = Text("线上课时占比应不超过标准（分钟）", "The online share is at most the standard's (minutes)")
    return finding("T05", online * 100 <= most * held, f"{online}/{held}", f"≤ {most}%", text)


def sessions_lie_within_the_class(facts: ClassFacts) -> Finding:
    """T06: every session is held on the class's days (Asia/Shanghai)."""
    outside = [
        one
        for one in facts.sessions
        if civil_date(one.starts_at) < facts.starts_on or civil_date(one.ends_at - _INSTANT) > facts.ends_on
    ]
    text = Text("各课次应在班级起止日期之内", "Every session lies within the class's dates")
    fact = ", ".join(local(one.starts_at) for one in outside) or "—"
    return finding("T06", not outside, fact, f"{facts.starts_on}/{facts.ends_on}", text)


def sessions_do_not_overlap(facts: ClassFacts) -> Finding:
    """T06: nobody can sit in two sessions of a class at once."""
    ordered = sorted(facts.sessions, key=lambda one: one.starts_at)
    clashing = [later for earlier, later in pairwise(ordered) if later.starts_at < earlier.ends_at]
    text = Text("同一班级的课次不得重叠", "The sessions of a class do not overlap")
    fact = ", ".join(local(one.starts_at) for one in clashing) or "—"
    return finding("T06", not clashing, fact, "—", text)


def class_has_not_ended(facts: EnrolmentFacts) -> Finding:
    """T06: one may enrol until the class's last day, that day included."""
    text = Text("班级结束后不得报名", "Nobody enrols once the class has ended")
    return finding("T06", facts.today <= facts.class_ends_on, facts.today, f"≤ {facts.class_ends_on}", text)


def class_is_not_cancelled(facts: EnrolmentFacts) -> Finding:
    """T06: nobody enrols in a class that was cancelled (取消开班)."""
    text = Text("班级已取消，不得报名", "Nobody enrols in a class that was cancelled")
    fact = "cancelled" if facts.class_is_cancelled else "filed"
    return finding("T06", not facts.class_is_cancelled, fact, "filed", text)


def trainee_does_not_teach_the_class(facts: EnrolmentFacts) -> Finding:
    """T06: who teaches a class (本班讲师) is not among its trainees."""
    text = Text("本班讲师不得报名本班", "Who teaches the class does not enrol in it")
    fact = "instructor" if facts.teaches_the_class else "no instructor"
    return finding("T06", not facts.teaches_the_class, fact, "no instructor", text)


def last_session_is_over(facts: CompletionFacts) -> Finding:
    """C01, C02, C03: nobody completes before the last session has ended."""
    rule = COMPLETION_RULE_OF_STAGE[facts.stage]
    over = facts.now >= facts.last_session_ends_at
    text = Text("须在最后一次课结束后结业", "Completion comes after the last session")
    return finding(rule, over, local(facts.now), f"≥ {local(facts.last_session_ends_at)}", text)


def attendance_reaches_the_standard(facts: CompletionFacts) -> Finding:
    """C01, C02, C03: the sessions attended (出勤率), in whole numbers, reach the percent of the standard."""
    rule = COMPLETION_RULE_OF_STAGE[facts.stage]
    attended, held, percent = facts.sessions_attended, facts.sessions_held, facts.attendance_percent
    text = Text("出勤率应达到标准要求", "The attendance reaches the share the standard asks")
    return finding(rule, attended * 100 >= percent * held, f"{attended}/{held}", f"≥ {percent}%", text)


def _minutes(sessions: Iterable[Hours]) -> int:
    """How long they last together, in whole minutes."""
    return sum(((one.ends_at - one.starts_at) for one in sessions), timedelta()) // timedelta(minutes=1)


REGISTRATION_RULES: tuple[Rule[RegistrationFacts], ...] = (
    centres_are_registered_by_officers,
    early_codes_are_taken_by_officers,
)
CLASS_RULES: tuple[Rule[ClassFacts], ...] = (
    law_is_in_force,
    class_is_filed_in_time,
    project_is_not_retired,
    project_is_of_the_district,
    organiser_is_allowed,
    standard_applies,
    hours_reach_the_standard,
    size_is_within_the_standard,
    instructors_suffice,
    rooms_are_recorded,
    rooms_seat_the_class,
    room_suffices,
    online_share_is_within_the_standard,
    sessions_lie_within_the_class,
    sessions_do_not_overlap,
    instructors_stand_in_the_pool,
    instructors_may_teach_the_project,
)
CHANGED_CLASS_RULES: tuple[Rule[ClassFacts], ...] = (
    law_is_in_force,
    standard_was_effective,
    hours_reach_the_standard,
    size_is_within_the_standard,
    instructors_suffice,
    rooms_are_recorded,
    rooms_seat_the_class,
    room_suffices,
    online_share_is_within_the_standard,
    sessions_lie_within_the_class,
    sessions_do_not_overlap,
)
"""What a class that is filed must go on to meet when it is changed."""
TEACHING_RULES: tuple[Rule[ClassFacts], ...] = (
    instructors_stand_in_the_pool,
    instructors_may_teach_the_project,
)
"""What those must meet who are to teach it from now on."""
ENROLMENT_RULES: tuple[Rule[EnrolmentFacts], ...] = (
    class_has_not_ended,
    class_is_not_cancelled,
    trainee_does_not_teach_the_class,
)
COMPLETION_RULES: tuple[Rule[CompletionFacts], ...] = (last_session_is_over, attendance_reaches_the_standard)
