"""Chapter two: evaluations are scored and confirmed, certificates issued and checked in public (C02, C04)."""

from collections.abc import Mapping
from functools import partial

from chuangpei_embedded.accounts import CITY_CENTRE, EVALUATOR_WHO_CONFIRMS, EVALUATOR_WHO_SCORES
from chuangpei_embedded.story.cast import Person
from chuangpei_embedded.story.client import Json, eventually, expect
from chuangpei_embedded.story.play import Play
from chuangpei_embedded.story.training import Trained

QUALIFICATION = "training_qualification"
"""培训合格证书: the one certificate that can open a claim."""
_DAY = 7
_PASS, _FAIL = 86, 41
_BODY = {
    "credit_code": "52310000MJ4900002N",
    "name": "上海示例评价中心",
    "first_day": "2026-01-01",
    "last_day": "2035-12-31",
}

Certificates = Mapping[Person, Json]
"""The 培训合格证书 of everybody who passed, as its holder reads it."""


async def certify(play: Play, trained: Trained) -> Certificates:
    """Plays the chapter. The last one to be evaluated fails and gets no 合格证书."""
    play.tell.chapter("二、评价与证书", "Evaluation and certificates")
    await _body_chosen(play)
    evaluations = await _opened(play, trained)
    await play.until(play.at(_DAY))
    *passing, failing = trained.completed
    await _scored_and_confirmed(play, evaluations, {**dict.fromkeys(passing, _PASS), failing: _FAIL})
    certificates = {person: await _only_certificate(play, person) for person in passing}
    play.tell.done("颁发合格证书", "Certificates issued", f"{len(certificates)} C02")
    await _failed_without_certificate(play, failing)
    await _checked_in_public(play, certificates)
    return certificates


async def _opened(play: Play, trained: Trained) -> dict[Person, Json]:
    """C02: each completion gives the 培训结业证书 and opens an evaluation, once its event has arrived."""
    evaluator = await play.actor(EVALUATOR_WHO_SCORES)
    opened: dict[Person, Json] = {}
    for person, enrolment in trained.completed.items():
        [opened[person]] = await eventually(
            "an evaluation for each completed enrolment",
            partial(evaluator.all, "/cert/v1/evaluations", enrolment_id=enrolment["id"]),
            lambda found: len(found) == 1,
        )
    play.tell.done("结业证书与评价", "Completion certificates, evaluations opened", f"{len(opened)} C02")
    return opened


async def _body_chosen(play: Play) -> None:
    """T06: the city centre chooses who evaluates, once for all who play on this platform."""
    centre = await play.actor(CITY_CENTRE)
    await centre.tried("/cert/v1/evaluation-bodies", _BODY)
    [body] = await centre.all("/cert/v1/evaluation-bodies", credit_code=_BODY["credit_code"], state="chosen")
    for account in (EVALUATOR_WHO_SCORES, EVALUATOR_WHO_CONFIRMS):
        await centre.tried(
            f"/cert/v1/evaluation-bodies/{body['id']}/evaluators",
            {"name": account.name, "id_number": account.id_number},
        )
    play.tell.done("选定评价机构", "Evaluation body chosen", f"{body['name']} T06")


async def _scored_and_confirmed(
    play: Play, evaluations: Mapping[Person, Json], scores: Mapping[Person, int]
) -> None:
    """T05, C04: one scores each part of the norm; another, never who scored, confirms, and publishes."""
    scorer, confirmer = (
        await play.actor(EVALUATOR_WHO_SCORES),
        await play.actor(EVALUATOR_WHO_CONFIRMS),
    )
    self_confirmed = False
    async for person in play.tell.each(list(scores), "评分与复核", "Scoring and confirming"):
        path = f"/cert/v1/evaluations/{evaluations[person]['id']}"
        scored = await scorer.post(
            f"{path}/score",
            {
                "parts": {one["code"]: scores[person] for one in evaluations[person]["parts"]},
                "comment": "商业计划书与答辩",
            },
            version=evaluations[person]["version"],
        )
        if not self_confirmed:
            problem = await scorer.refused(f"{path}/confirm", version=scored["version"])
            expect(problem["code"] == "four_eyes", "a refusal to confirm one's own score", problem)
            self_confirmed = True
        confirmed = await confirmer.post(f"{path}/confirm", version=scored["version"])
        passed = confirmed["state"] == "confirmed" and confirmed["passed"]
        expect(passed is (scores[person] == _PASS), f"the result of {scores[person]} points", confirmed)
        published = await confirmer.post(f"{path}/publish", version=confirmed["version"])
        expect(published["state"] == "published", "a result that is published", published)
    play.tell.done("双人评价", "Scored by one, confirmed by another", f"{len(scores)} C04")


async def _only_certificate(play: Play, person: Person) -> Json:
    holder = await play.actor(person.account())
    held = await holder.all("/cert/v1/certificates", kind=QUALIFICATION)
    expect(len(held) == 1 and held[0]["status"] == "valid", "one valid 合格证书", held)
    return held[0]


async def _failed_without_certificate(play: Play, person: Person) -> None:
    holder = await play.actor(person.account())
    held = await holder.all("/cert/v1/certificates")
    expect([one["kind"] for one in held] == ["training_completion"], "the 结业证书 alone", held)
    [result] = await holder.all("/cert/v1/evaluations")
    told = result["score"] == _FAIL and result["passed"] is False and result["last_dispute_day"]
    expect(bool(told), "the own result, its reasons and the last day to dispute it", result)
    play.tell.done("未通过者只有结业证书", "Who failed keeps the completion certificate alone", "D12")


async def _checked_in_public(play: Play, certificates: Certificates) -> None:
    """Anybody may check a number and sees what the paper shows, nothing more."""
    for person, certificate in list(certificates.items())[:2]:
        shown = await play.public.get(f"/cert/v1/certificates/{certificate['number']}")
        expect(shown["status"] == "valid", "a valid certificate", shown)
        clear = str(shown)
        expect(person.name not in clear and person.id_number not in clear, "a masked holder", shown)
    play.tell.done("公开核验", "Checked in public", f"/cert/check/{shown['number']}")
