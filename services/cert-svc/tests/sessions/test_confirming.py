"""The scored evaluations of a session are confirmed as one job (C02, C04)."""

from cert_svc.confirmations.work import work_on_confirmations
from chuangpei.testing.api import key

PATH = "/cert/v1/confirmations"


async def test_a_session_is_confirmed_without_those_who_are_not_on_it(office, sessions):
    elsewhere = (await office.score(await office.evaluation_of(await office.complete()), 80)).json()
    planned = await sessions.planned()
    event = await office.complete(who="other_trainee")
    candidate = await sessions.seated(planned, event)
    office.clock.advance(days=14)
    await office.score(await office.evaluation_of(event), 75)
    job = await office.http.post(
        PATH, json={"session_id": planned["id"]}, headers=office.evaluator("confirmer") | key()
    )
    assert job.json()["total"] == 1
    assert await work_on_confirmations(office.service) == 1
    lines = await office.http.get(f"{PATH}/{job.json()['id']}/lines", headers=office.centre)
    [line] = lines.json()["items"]
    assert (line["evaluation_id"], line["outcome"]) == (candidate["evaluation_id"], "confirmed")
    untouched = await office.http.get(f"/cert/v1/evaluations/{elsewhere['id']}", headers=office.centre)
    assert untouched.json()["state"] == "scored"
