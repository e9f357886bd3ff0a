"""What training-svc tells of institutions, told twice, late and in any order, comes to the same."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import clean_of_sanctions, no_sanction_in_force
from brand_svc.standing import repository as standing
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.training import (
    ClassCancelled,
    ClassChanged,
    ClassFiled,
    ClassReinstated,
    InspectionOverdue,
    InstitutionInactive,
    InstitutionListedDishonest,
    InstitutionPenalised,
    InstitutionSanctionLifted,
    InstitutionUpdated,
    QualificationAmended,
    QualificationApproved,
    QualificationSuspended,
)
from chuangpei.testing.events import received

PROJECT = ProjectRef(code="S3-01", name="创业经营", stage=3)
BEGAN = datetime(2026, 6, 1, tzinfo=UTC)


def at(day, event):
    return received(event, event_id=uuid4(), occurred_at=BEGAN + timedelta(days=day))


def sanction(city, who="A", kind="suspension_for_rectification", ground="X3", **own):
    values = {
        "credit_code": city.code(who),
        "institution_id": uuid4(),
        "district": "310115",
        "sanction_id": uuid4(),
        "exit_ground": ground,
        "source": "浦东新区市场监管局",
        "document_number": "浦罚〔2026〕7号",
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 6, 20),
        "recorded_on": date(2026, 6, 2),
    } | own
    if kind == "dishonesty_listing":
        return InstitutionListedDishonest(**values)
    return InstitutionPenalised(kind=kind, **values)


def lifting(told, on=date(2026, 6, 25)):
    return InstitutionSanctionLifted(
        credit_code=told.credit_code,
        institution_id=told.institution_id,
        sanction_id=told.sanction_id,
        kind="suspension_for_rectification",
        exit_ground=told.exit_ground,
        lifted_on=on,
    )


def inactivity(city, who="A", *, has_site=False, full_time=0, since=date(2025, 6, 1)):
    return InstitutionInactive(
        credit_code=city.code(who),
        institution_id=uuid4(),
        district="310115",
        last_class_ended_on=since,
        inactive_since=since,
        has_site=has_site,
        full_time_instructors=full_time,
        told_on=date(2026, 6, 2),
    )


def of_class(city, kind, class_id, who="A", ends_on=date(2026, 7, 9)):
    about = {
        "class_id": class_id,
        "institution": InstitutionRef(credit_code=city.code(who), name="校", district="310115"),
        "project": PROJECT,
        "name": "一班",
    }
    dates = {"starts_on": date(2026, 7, 1), "ends_on": ends_on, "sessions": ()}
    if kind is ClassFiled:
        return ClassFiled(**about, **dates, standard_version="1", capacity=30)
    if kind is ClassChanged:
        return ClassChanged(**about, **dates, capacity=30, changed=("ends_on",), reason="延期")
    if kind is ClassReinstated:
        return ClassReinstated(
            **about, **dates, reinstated_on=date(2026, 6, 9), reason="误取消", person_keys=()
        )
    return ClassCancelled(**about, cancelled_on=date(2026, 6, 8), reason="人数不足", person_keys=())


async def facts(city, who="A", day=date(2026, 7, 1)):
    async with city.service.database.transaction() as tx:
        return (await standing.facts_of(tx, [city.code(who)], day))[city.code(who)]


async def read(city, who="A", headers=None):
    answer = await city.get(f"/institutions/{city.code(who)}", headers or city.bureau)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_an_institution_is_what_was_told_last_whatever_came_first(city, order):
    registered = city.registration("A")
    changes = [
        InstitutionUpdated(
            credit_code=city.code("A"),
            institution_id=registered.institution_id,
            name=name,
            district="310104",
            kind=registered.kind,
            closed_on=closed_on,
            updated_on=date(2026, 6, 3),
        )
        for name, closed_on in (("新名", None), ("再改名", date(2026, 6, 30)))
    ]
    told = [at(day, event) for day, event in enumerate([registered, *changes])]
    for place in order:
        await city.deliver(told[place])
        await city.deliver(told[place])
    shown = await read(city)
    assert (shown["name"], shown["district"], shown["closed_on"]) == ("再改名", "310104", "2026-06-30")
    assert shown["registered_on"] == "2020-01-02"


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_sanction_is_as_amended_last_and_stays_lifted(institutions, order):
    city = institutions
    first = sanction(city, ends_on=None)
    amended = first.model_copy(update={"document_number": "浦罚〔2026〕8号"})
    told = [at(0, first), at(1, amended), at(2, lifting(first))]
    for place in order:
        await city.deliver(told[place], told[place])
    [shown] = (await read(city))["sanctions"]
    assert (shown["document_number"], shown["lifted_on"]) == ("浦罚〔2026〕8号", "2026-06-25")
    assert len((await city.get("/signals", city.bureau)).json()["items"]) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_qualification_stands_as_told_last_with_its_last_day(institutions, order):
    city = institutions
    about = {
        "credit_code": city.code("A"),
        "institution_id": uuid4(),
        "qualification_id": uuid4(),
        "project": PROJECT,
    }
    approved = QualificationApproved(
        **about, standard_version="1", approved_on=date(2026, 6, 1), valid_until=date(2029, 5, 31)
    )
    amended = QualificationAmended(
        **about,
        valid_from=date(2026, 6, 1),
        valid_until=date(2028, 5, 31),
        amended_on=date(2026, 6, 2),
    )
    suspended = QualificationSuspended(**about, suspended_on=date(2026, 6, 3))
    told = [at(0, approved), at(1, amended), at(2, suspended)]
    for place in order:
        await city.deliver(told[place])
    shown = await read(city)
    [one] = shown["qualifications"]
    assert (one["state"], one["valid_until"]) == ("suspended", "2028-05-31")
    assert shown["qualified"] is False


@pytest.mark.parametrize("seed", range(4))
async def test_a_class_is_held_as_told_last(institutions, seed):
    city, class_id, cancelled = institutions, uuid4(), uuid4()
    events = [
        at(0, of_class(city, ClassFiled, class_id)),
        at(1, of_class(city, ClassCancelled, class_id)),
        at(2, of_class(city, ClassReinstated, class_id)),
        at(3, of_class(city, ClassChanged, class_id, ends_on=date(2026, 7, 20))),
        at(0, of_class(city, ClassFiled, cancelled, ends_on=date(2026, 9, 1))),
        at(1, of_class(city, ClassCancelled, cancelled)),
    ]
    for event in random.Random(seed).sample(events * 2, len(events) * 2):
        await city.deliver(event)
    assert (await read(city))["last_class_ends_on"] == "2026-07-20"


async def test_without_site_teachers_and_training_a_holder_gets_a_case_on_x4(holder):
    city = holder
    await city.deliver(inactivity(city))
    [case] = await city.cases()
    assert (case["ground"], case["signals"][0]["source"]) == ("X4", "institution.inactive")
    assert case["signals"][0]["institution_name"] == "申城技能培训学校"
    assert (await read(city))["x4"] is True


@pytest.mark.parametrize(("has_site", "full_time"), [(True, 0), (False, 1), (False, None)])
async def test_with_a_site_or_teachers_or_where_that_is_unknown_it_is_not_x4(holder, has_site, full_time):
    city = holder
    await city.deliver(inactivity(city, has_site=has_site, full_time=full_time))
    assert await city.cases() == []
    [signal] = (await city.get("/signals", city.bureau)).json()["items"]
    assert (signal["ground"], signal["case_id"]) == (None, None)
    assert (await read(city))["x4"] is False


async def test_a_class_held_since_ends_the_inactivity(institutions):
    city = institutions
    await city.deliver(inactivity(city))
    assert (await facts(city)).idle is not None
    class_id = uuid4()
    await city.deliver(at(0, of_class(city, ClassFiled, class_id)))
    assert (await facts(city)).idle is None
    assert (await read(city))["x4"] is False
    await city.deliver(at(1, of_class(city, ClassCancelled, class_id)))
    assert (await facts(city)).idle is not None


async def test_a_penalty_that_stops_a_holder_opens_a_case_on_x3_once_however_often_amended(holder):
    city = holder
    first = sanction(city)
    await city.deliver(first)
    await city.deliver(first.model_copy(update={"ends_on": date(2026, 8, 1)}))
    [case] = await city.cases()
    assert (case["ground"], len(case["signals"]), case["version"]) == ("X3", 1, 1)
    assert case["signals"][0]["reference"] == "浦罚〔2026〕7号"


async def test_a_listing_as_dishonest_joins_the_case_of_the_penalty(holder):
    city = holder
    await city.deliver(sanction(city), sanction(city, kind="dishonesty_listing", document_number="失信7号"))
    [case] = await city.cases()
    sources = {one["source"] for one in case["signals"]}
    assert sources == {"institution.penalised", "institution.listed_dishonest"}


async def test_a_slight_penalty_and_an_overdue_rectification_open_nothing(holder):
    city = holder
    ref = InstitutionRef(credit_code=city.code("A"), name="校", district="310115")
    overdue = InspectionOverdue(
        inspection_id=uuid4(),
        authority="310115",
        object_kind="institution",
        object_id=uuid4(),
        institution=ref,
        deadline=date(2026, 6, 30),
    )
    await city.deliver(sanction(city, kind="warning", ground=None), overdue)
    assert await city.cases() == []
    signals = (await city.get("/signals", city.bureau, in_case=False)).json()["items"]
    assert {one["reason_code"] for one in signals} == {"warning", "rectification_overdue"}


@pytest.mark.parametrize(
    ("ends_on", "day", "outcome", "in_force"),
    [
        (date(2026, 6, 20), date(2029, 6, 20), "failed", "passed"),
        (date(2026, 6, 20), date(2029, 6, 21), "passed", "passed"),
        (None, date(2036, 6, 20), "failed", "failed"),
    ],
)
async def test_a_sanction_bars_for_three_years_after_its_last_day(
    institutions, ends_on, day, outcome, in_force
):
    city = institutions
    await city.deliver(sanction(city, ends_on=ends_on))
    assert await outcomes(city, day) == {"clean_of_sanctions": outcome, "no_sanction_in_force": in_force}


async def test_a_lifted_or_slight_one_warns(institutions):
    city = institutions
    told = sanction(city, ends_on=None)
    await city.deliver(told)
    await city.deliver(lifting(told))
    day = date(2026, 7, 1)
    warned = {"clean_of_sanctions": "warned", "no_sanction_in_force": "passed"}
    assert await outcomes(city, day) == warned
    assert (await outcomes(city, date(2029, 6, 26)))["clean_of_sanctions"] == "passed"
    await city.deliver(sanction(city, "B", kind="fine", ground=None))
    assert await outcomes(city, day, "B") == warned


async def outcomes(city, day, who="A"):
    known, law = await facts(city, who, day), parameters_on(city.service.law, day)
    return {
        rule.__name__: str(rule(known, law).outcome) for rule in (clean_of_sanctions, no_sanction_in_force)
    }


async def test_who_is_listed_as_dishonest_cannot_apply_and_is_told_by_which_document(institutions):
    city = institutions
    await city.deliver(sanction(city, kind="dishonesty_listing", ends_on=None))
    refused = await city.apply(await city.open_round(), "A")
    assert refused.status_code == 422
    failed = [one for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert [one["rule"] for one in failed] == ["B02", "B13"]
    assert all("浦罚〔2026〕7号" in one["zh"] for one in failed)


async def test_who_has_no_site_teachers_or_training_cannot_apply(institutions):
    city = institutions
    await city.deliver(inactivity(city))
    refused = await city.apply(await city.open_round(), "A")
    [failed] = [one for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert (failed["rule"], failed["article"]) == ("B13", "沪人社职〔2026〕150号 附件 五(四)")


async def test_institutions_are_listed_by_how_they_stand_and_exported(holder):
    city = holder
    await city.deliver(sanction(city, "B", ends_on=None), inactivity(city, "C"))

    async def codes(headers=city.bureau, **query):
        items = (await city.get("/institutions", headers, **query)).json()["items"]
        return {one["credit_code"] for one in items}

    assert await codes() == {city.code(who) for who in "ABC"}
    assert await codes(holder=True) == {city.code("A")}
    assert await codes(barred=True) == {city.code("B")}
    assert await codes(inactive=True) == {city.code("C")}
    assert await codes(city.officer("310104")) == {city.code("C")}
    assert await codes(city.institution("B")) == {city.code("B")}
    first = (await city.get("/institutions", city.bureau, limit=2, sort="-name")).json()
    rest = await city.get("/institutions", city.bureau, limit=2, sort="-name", cursor=first["next_cursor"])
    assert len(first["items"]) + len(rest.json()["items"]) == 3
    file = await city.get("/institutions/export", city.officer("310104"), format="csv")
    assert (file.status_code, len(file.text.strip().splitlines())) == (200, 2)


async def test_another_district_or_institution_finds_no_file(institutions):
    city = institutions
    path = f"/institutions/{city.code('A')}"
    assert (await city.get(path, city.officer("310104"))).status_code == 404
    assert (await city.get(path, city.institution("B"))).status_code == 404
    assert (await city.get(path, city.institution("A"))).status_code == 200
