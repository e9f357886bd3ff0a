"""Who may apply for a brand and be recognised: one function a rule, all of one shape (B02, B08, B11–B13)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from chuangpei.kernel.dated import DatedValue
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.refusals import Finding, Outcome, Text

from brand_svc.policy.facts import Body, ConfirmedExit, Facts, Sanction, Tier
from brand_svc.policy.parameters import Parameters

Rule = Callable[[Facts, Parameters], Finding]

_DAY = timedelta(days=1)
_DOCUMENT = "沪人社职〔2026〕150号"


def may_apply_again_on(revoked_on: date, law: Parameters) -> date:
    """The first day on which a revoked institution may apply again (B12, D07).

    The day after the same day two years later: 2026-07-15 gives 2028-07-16. In a year without
    29 February the 28th stands for it: 2028-02-29 gives 2030-03-01.
    """
    return _free_from(revoked_on, law.reapplication_ban_years)


def _free_from(day: date, years: DatedValue) -> date:
    return add_years(day, years.value) + _DAY


def no_ban(facts: Facts, law: Parameters) -> Finding:
    """No ban after a revocation runs (2年内不得重新申报; B12, D07); the refusal names the day it ends."""
    running = [one for one in facts.exits if facts.day < one.may_apply_again_on]
    years = law.reapplication_ban_years
    if not running:
        return _finding(
            years,
            Outcome.PASSED,
            facts,
            fact=_exits(facts.exits),
            required=f"撤销满{years.value}年",
            text=Text("不在禁止申报期内", "No re-application ban runs"),
        )
    last = max(running, key=lambda one: one.may_apply_again_on)
    day = last.may_apply_again_on
    return _finding(
        years,
        Outcome.FAILED,
        facts,
        fact=_exits(running),
        required=f"≥ {day}",
        text=Text(
            f"品牌认定于 {last.revoked_on} 被撤销，{years.value}年内不得重新申报，{day} 起方可申报",
            f"The brand was revoked on {last.revoked_on}; a new application is possible from {day}",
        ),
    )


def clean_record(facts: Facts, law: Parameters) -> Finding:
    """No major accident, serious violation or dishonesty record in three years (近三年无失信记录; B02)."""
    return _clean_for(facts, law.clean_record_years, law.clean_record_grounds)


def no_bar_to_recognition(facts: Facts, law: Parameters) -> Finding:
    """No subsidy fraud, major accident or major complaint in three years (不予认定情形; B13)."""
    return _clean_for(facts, law.bar_years, law.bar_grounds)


def _clean_for(facts: Facts, years: DatedValue, grounds: DatedValue) -> Finding:
    relevant = [one for one in facts.exits if one.ground in grounds.value]
    recent = [one for one in relevant if facts.day < _free_from(one.revoked_on, years)]
    if not recent:
        return _finding(
            years,
            Outcome.PASSED,
            facts,
            fact=_exits(relevant),
            required=f"近{years.value}年无 {'、'.join(grounds.value)}",
            text=Text(f"近{years.value}年无经确认的记录", f"No confirmed record in {years.value} years"),
        )
    last = max(one.revoked_on for one in recent)
    day = _free_from(last, years)
    return _finding(
        years,
        Outcome.FAILED,
        facts,
        fact=_exits(recent),
        required=f"≥ {day}",
        text=Text(
            f"{last} 有经确认的记录，{day} 起方满{years.value}年",
            f"A confirmed record of {last} stands in the way until {years.value} years have passed, on {day}",
        ),
    )


def clean_of_sanctions(facts: Facts, law: Parameters) -> Finding:
    """No order to stop, no listing as dishonest in three years (近三年无严重违法违规等失信记录; B02).

    The years run from the last day of the sanction. One that was lifted, or that is on no exit ground, warns:
    whether it was mistaken or slight, people look.
    """
    years = law.clean_record_years
    recent = [
        one
        for one in facts.sanctions
        if one.in_force_on(facts.day)
        or facts.day < _free_from(one.ends_on or one.lifted_on or facts.day, years)
    ]
    serious = [one for one in recent if one.exit_ground is not None and one.lifted_on is None]
    outcome = Outcome.FAILED if serious else Outcome.WARNED if recent else Outcome.PASSED
    shown = serious or recent
    return _finding(
        years,
        outcome,
        facts,
        fact=_sanctions(shown),
        required=f"近{years.value}年无",
        text=Text(
            f"近{years.value}年有处罚或失信记录：{_sanctions(shown)}",
            f"Sanctions in the last {years.value} years: {_sanctions(shown)}",
        )
        if shown
        else Text(f"近{years.value}年无处罚、失信记录", f"No sanction in {years.value} years"),
    )


def no_sanction_in_force(facts: Facts, law: Parameters) -> Finding:
    """Not ordered to stop, not on the list of the seriously dishonest today (不予认定情形; B13)."""
    standing = [one for one in facts.sanctions if one.exit_ground is not None and one.in_force_on(facts.day)]
    return Finding(
        rule="B13",
        article=f"{_DOCUMENT} 附件 五(二)",
        outcome=Outcome.FAILED if standing else Outcome.PASSED,
        fact=f"{facts.credit_code}：{_sanctions(standing)}",
        required="无",
        text=Text(
            f"停业整顿等处罚或严重失信期间：{_sanctions(standing)}",
            f"Stopped by a penalty, or listed as dishonest: {_sanctions(standing)}",
        )
        if standing
        else Text("不在停业整顿等处罚或严重失信期间", "No penalty that stops it, no listing as dishonest"),
    )


def trains(facts: Facts, law: Parameters) -> Finding:
    """A fixed site, full-time teachers, or real training: not all three lacking (X4; B13)."""
    idle = facts.idle
    lacking = idle is not None and idle.without_all
    return Finding(
        rule="B13",
        article=f"{_DOCUMENT} 附件 五(四)",
        outcome=Outcome.FAILED if lacking else Outcome.PASSED,
        fact=f"{facts.credit_code}：" + ("—" if idle is None else f"{idle.inactive_since} 起未开班"),
        required="有固定场地、专职师资或实际培训",
        text=Text(
            "无固定办学场地、无专职师资队伍，且长期未开展实质性培训活动",
            "No fixed site, no full-time teachers, and long without real training",
        )
        if lacking
        else Text(
            "不属无场地、无专职师资且长期未培训的情形", "Not without site, teachers and training at once"
        ),
    )


def applied_for_district_tier(facts: Facts, law: Parameters) -> Finding:
    """There is no direct application for the city tier (市级品牌由区级择优遴选; B03, B08)."""
    district = facts.tier_applied_for is Tier.DISTRICT
    return Finding(
        rule="B08",
        article=f"{_DOCUMENT} 二(二)3",
        outcome=Outcome.PASSED if district else Outcome.FAILED,
        fact=f"{facts.credit_code}：{facts.tier_applied_for}",
        required=str(Tier.DISTRICT),
        text=Text(
            "向所在区申报；市级品牌由区级品牌中择优遴选，不直接申报",
            "Applications go to the district; the city tier is chosen among district brands, not applied for",
        ),
    )


def no_open_case(facts: Facts, law: Parameters) -> Finding:
    """An exit case under way (退出核查中; B11) only warns: until it is decided nothing is established."""
    return Finding(
        rule="B11",
        article=f"{_DOCUMENT} 三(三)",
        outcome=Outcome.WARNED if facts.open_grounds else Outcome.PASSED,
        fact=f"{facts.credit_code}：{'、'.join(facts.open_grounds) or '无'}",
        required="无",
        text=Text("有未结的退出核查", "An exit case is under way")
        if facts.open_grounds
        else Text("无未结的退出核查", "No exit case is under way"),
    )


def no_undecided_signal(facts: Facts, law: Parameters) -> Finding:
    """Signals of the last three years on which nothing was decided (线索; B02, B10) only warn."""
    years = law.clean_record_years
    recent = [day for day in facts.signals if facts.day < _free_from(day, years)]
    return _finding(
        years,
        Outcome.WARNED if recent else Outcome.PASSED,
        facts,
        fact=f"{len(recent)} 条",
        required="0 条",
        text=Text(
            f"近{years.value}年有 {len(recent)} 条线索未有定论",
            f"Nothing was decided on {len(recent)} signals of the last {years.value} years",
        )
        if recent
        else Text("无未定论的线索", "There are no signals on which nothing was decided"),
    )


def holds_no_brand(facts: Facts, law: Parameters) -> Finding:
    """Who holds a brand comes up for assessment and does not apply anew (既有品牌评估、新增品牌申报; B06)."""
    return Finding(
        rule="B06",
        article=f"{_DOCUMENT} 二(二)1",
        outcome=Outcome.FAILED if facts.holds_brand else Outcome.PASSED,
        fact=f"{facts.credit_code}：{'持有有效品牌' if facts.holds_brand else '未持有品牌'}",
        required="未持有品牌",
        text=Text(
            "持有有效品牌者参加既有品牌评估，不作新增申报",
            "Who holds a brand takes part in the assessment and does not apply anew",
        )
        if facts.holds_brand
        else Text("未持有品牌，可作新增申报", "No brand is held; a new application is possible"),
    )


_CENTRES = frozenset({"district_centre", "city_centre"})
_APPROVED_BY_LAW = "private_training_institution"


def may_be_fostered(facts: Facts, law: Parameters) -> Finding:
    """One of the three kinds of body, and in operation (培育对象; B01).

    An approved private institution; an assessed human-resource firm; an assessed university, school, base,
    public institution or other training body. The employment centres run the selection (B15) and are none.
    Whether a body of the second or third kind was assessed is known here only by its qualification: where
    there is none, the district looks at the papers.
    """
    body = facts.body
    out = body is not None and (body.kind in _CENTRES or body.closed_on is not None)
    unproven = body is not None and body.kind != _APPROVED_BY_LAW and not body.approved
    texts = {
        Outcome.FAILED: Text("不属培育对象，或已停办", "Not one of the bodies fostered, or closed"),
        Outcome.WARNED: Text(
            "平台无其培训条件的评估记录，请区核对材料",
            "Its assessment is not on record here; the district looks at the papers",
        ),
        Outcome.PASSED: Text("属于培育对象", "One of the bodies that are fostered"),
    }
    outcome = Outcome.FAILED if out else Outcome.WARNED if unproven else Outcome.PASSED
    return Finding(
        rule="B01",
        article=f"{_DOCUMENT} 一",
        outcome=outcome,
        fact=f"{facts.credit_code}：" + ("—" if body is None else _body(body)),
        required="（一）至（三）类社会培训资源",
        text=texts[outcome],
    )


def _body(body: Body) -> str:
    closed = "" if body.closed_on is None else f"，{body.closed_on} 停办"
    return f"{body.kind}{closed}，{'有' if body.approved else '无'}在有效期内的培训资质"


RULES: tuple[Rule, ...] = (
    may_be_fostered,
    applied_for_district_tier,
    no_ban,
    clean_record,
    no_bar_to_recognition,
    clean_of_sanctions,
    no_sanction_in_force,
    trains,
    no_open_case,
    no_undecided_signal,
)
"""All rules on recognition, in the order in which findings are shown: who is kept and who is new."""

APPLICATION_RULES: tuple[Rule, ...] = (*RULES, holds_no_brand)
"""All rules on a new application."""


def round_interval(opens_on: date, previous_opens_on: date | None, law: Parameters) -> Finding:
    """A round every two years, in principle (每2年组织一次; B05): a shorter interval only warns (D08)."""
    years = law.round_interval_years
    due = None if previous_opens_on is None else add_years(previous_opens_on, years.value)
    early = due is not None and opens_on < due
    return Finding(
        rule=years.rule,
        article=years.article,
        outcome=Outcome.WARNED if early else Outcome.PASSED,
        fact=str(opens_on),
        required="—" if due is None else f"≥ {due}",
        text=Text(f"距上一轮不满{years.value}年", f"Less than {years.value} years after the last round")
        if early
        else Text(f"遴选每{years.value}年组织一次", f"A round takes place every {years.value} years"),
    )


def _finding(
    dated: DatedValue, outcome: Outcome, facts: Facts, *, fact: str, required: str, text: Text
) -> Finding:
    return Finding(
        rule=dated.rule,
        article=dated.article,
        outcome=outcome,
        fact=f"{facts.credit_code}：{fact}",
        required=required,
        text=text,
    )


def _exits(exits: tuple[ConfirmedExit, ...] | list[ConfirmedExit]) -> str:
    return "；".join(f"{one.ground} {one.revoked_on} 撤销" for one in exits) or "无撤销记录"


def _sanctions(sanctions: Sequence[Sanction]) -> str:
    return "；".join(f"{one.document_number} {one.starts_on}" for one in sanctions) or "无"
