"""What belongs to an institution is seen and done within one's reach only; what lies outside is 404 (T06)."""

import csv
import io

import pytest
from chuangpei.auth import Role
from chuangpei.testing.events import deliver
from training_svc.consumers import HANDLERS

XUHUI = "310104"
SITE = {
    "address": "示例路2号",
    "district": "310115",
    "area_m2": 100,
    "rooms": [{"name": "1", "area_m2": 50, "seats": 30}],
    "starts_on": "2026-01-01",
}
STOP = {
    "kind": "stop_for_rectification",
    "source": "教育局",
    "document_number": "1号",
    "starts_on": "2026-01-01",
}
TERM = {"starts_on": "2026-02-20", "ends_on": "2028-02-19", "reason": "排名第一"}
REASON = {"reason": "登记有误"}
LISTS = ("/institutions", "/sites", "/sanctions", "/flagged-classes", "/designations", "/results")


@pytest.fixture
async def everything(world):
    """One institution of Pudong with one of everything, and the deeds that may be done with each."""
    institution = await world.qualified()
    path = f"/institutions/{institution['id']}"
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    site = await world.made(f"{path}/sites", SITE, world.officer())
    designation = await world.made(f"{path}/designations", TERM, world.centre)
    sanction = await world.made(f"{path}/sanctions", STOP, world.officer())
    said = {"subject": "fees", "content": "收费与公示不符", "channel": "letter"}
    complaint = await world.made(
        "/complaints", said | {"credit_code": institution["credit_code"]}, world.officer()
    )
    await deliver(world.service.database, HANDLERS, world.evaluation(enrolment))
    reads = [
        path,
        f"{path}/amendments",
        f"/sites/{site['id']}",
        f"/sites/{site['id']}/amendments",
        f"/sanctions/{sanction['id']}",
        f"/sanctions/{sanction['id']}/amendments",
        f"/designations/{designation['id']}",
        f"/designations/{designation['id']}/amendments",
        f"/enrolments/{enrolment['id']}/result",
    ]
    of_complaint = f"/complaints/{complaint['id']}"
    officers = [
        (f"{path}/amend", {"name": "新名"} | REASON),
        (f"{path}/close", REASON),
        (f"{path}/sanctions", STOP),
        (f"/sanctions/{sanction['id']}/amend", {"source": "局"} | REASON),
        (f"/sanctions/{sanction['id']}/lift", REASON),
        (f"{of_complaint}/investigate", None),
        (f"{of_complaint}/uphold", {"outcome": "属实"}),
        (f"{of_complaint}/dismiss", {"outcome": "不属实"}),
        (f"{of_complaint}/amend", {"outcome": "不属实"} | REASON),
        (f"{of_complaint}/disclose", REASON),
    ]
    own = [
        (f"{path}/contact", {"name": "王经理", "phone": "13900001234"}),
        (f"{path}/sites", SITE),
        (f"/sites/{site['id']}/amend", {"area_m2": 200} | REASON),
    ]
    return institution, reads, of_complaint, officers, own


async def test_another_districts_officer_sees_and_does_nothing(world, everything):
    _, reads, of_complaint, officers, own = everything
    other = world.officer(XUHUI)
    for path in (*reads, of_complaint, f"{of_complaint}/amendments"):
        assert (await world.get(path, other)).status_code == 404, path
    for path, body in (*officers, *own):
        assert (await world.post(path, body, by=other, version=1)).status_code == 404, path
    for path in (*LISTS, "/complaints"):
        assert (await world.get(path, other)).json()["items"] == [], path


async def test_another_institution_sees_and_does_nothing(world, everything):
    _, reads, _, _, own = everything
    for other in (world.of_institution({"credit_code": world.credit_code()}), world.by(Role.INSTITUTION)):
        for path in reads:
            assert (await world.get(path, other)).status_code == 404, path
        for path, body in own:
            assert (await world.post(path, body, by=other, version=1)).status_code == 404, path
        for path in LISTS:
            assert (await world.get(path, other)).json()["items"] == [], path


async def test_the_institution_its_district_and_the_city_see_it_and_take_it_as_a_file(world, everything):
    institution, reads, *_ = everything
    for reader in (
        world.of_institution(institution),
        world.officer(),
        world.centre,
        world.by(Role.CITY_BUREAU),
        world.by(Role.AUDITOR),
    ):
        for path in reads:
            assert (await world.get(path, reader)).status_code == 200, path
        for path in LISTS:
            assert len((await world.get(path, reader)).json()["items"]) == 1, path
            export = await world.get(f"{path}/export", reader)
            rows = list(csv.reader(io.StringIO(export.content.decode("utf-8-sig"))))
            assert [len(row) for row in rows] == [len(rows[0])] * 2, path


async def test_every_list_of_theirs_has_pages(world, everything):
    institution, *_ = everything
    path = f"/institutions/{institution['id']}"
    await world.made(f"{path}/sites", SITE | {"address": "别处"}, world.officer())
    await world.made(f"{path}/sanctions", STOP | {"document_number": "2号"}, world.officer())
    for listed in ("/sites", "/sanctions"):
        first = (await world.get(f"{listed}?limit=1", world.centre)).json()
        rest = (await world.get(f"{listed}?limit=1&cursor={first['next_cursor']}", world.centre)).json()
        assert rest["next_cursor"] is None
        assert first["items"][0]["id"] < rest["items"][0]["id"]
