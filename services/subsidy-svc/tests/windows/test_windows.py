"""Claim windows: opened by stage-3 合格证书 alone, closed by time or revocation (S05, S07, D01, D06, D10)."""

import csv
import io
import random
from datetime import date, datetime

import pytest
from chuangpei.events.subsidy import ClaimWindowClosed, ClaimWindowOpened
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.testing.events import received
from subsidy_svc.policy.parameters import PARAMETERS, LawBook
from subsidy_svc.windows.use_cases import correct_provisional_windows


async def state_of(office, certificate, who="holder"):
    window = await office.get(f"/windows/{certificate.certificate_id}", office.citizen(who))
    return window["state"]


async def test_an_issued_certificate_opens_a_window_and_says_so_once(office):
    certificate = await office.certificate()
    await office.deliver(certificate)
    [opened] = await office.emitted(ClaimWindowOpened)
    assert opened == ClaimWindowOpened(
        certificate_id=certificate.certificate_id,
        person_key=certificate.person.person_key,
        district="310115",
        issued_on=date(2026, 5, 20),
        last_day=date(2027, 5, 20),
        last_day_provisional=True,
    )


async def test_the_same_event_delivered_twice_counts_once(office):
    event = received(office.issued())
    await office.deliver(event, event)
    await office.deliver(event)
    assert len(await office.emitted(ClaimWindowOpened)) == 1


async def window_of(office, certificate):
    return await office.get(f"/windows/{certificate.certificate_id}", office.citizen())


async def test_a_certificate_told_again_with_another_day_does_not_restart_its_window(office):
    first = await office.certificate()
    again = first.model_copy(update={"issued_on": date(2026, 6, 1)})
    await office.deliver(again)
    assert (await window_of(office, first))["last_day"] == "2027-05-20"
    assert len(await office.emitted(ClaimWindowOpened)) == 1


async def test_reissuing_a_certificate_changes_the_number_of_its_window_and_nothing_else(office):
    certificate = await office.certificate()
    before = await window_of(office, certificate)
    office.clock.advance(days=200)
    days_gone = before["days_left"] - (await window_of(office, certificate))["days_left"]
    reissued = office.reissued(certificate)
    await office.deliver(reissued, reissued)
    after = await window_of(office, certificate)
    assert days_gone == 200
    assert after == before | {
        "certificate_number": reissued.number,
        "days_left": before["days_left"] - days_gone,
    }
    assert len(await office.emitted(ClaimWindowOpened)) == 1


async def test_a_corrected_name_is_that_of_the_window(office):
    certificate = await office.certificate()
    await office.deliver(office.reissued(certificate, person=office.person("partner")))
    assert (await window_of(office, certificate))["holder"] == "李*"


async def test_editions_that_come_in_the_wrong_order_leave_the_newest(office):
    issued = office.issued()
    second, third = office.reissued(issued, 2), office.reissued(issued, 3)
    await office.deliver(third)
    assert [row["waiting"] for row in await office.sql("SELECT waiting FROM parked_messages")] == [True]
    await office.deliver(issued)
    await office.deliver(second)
    assert await office.sql("SELECT 1 FROM parked_messages") == []
    assert (await window_of(office, issued))["certificate_number"] == third.number


async def test_a_claim_is_made_and_shown_under_the_new_number_and_a_revocation_still_stops_it(office):
    certificate = await office.certificate()
    await office.deliver(office.reissued(certificate))
    made = await office.claim(certificate)
    assert made.status_code == 201, made.text
    assert made.json()["certificate_number"] == f"{certificate.number}E2"
    await office.revoke(certificate)
    assert await state_of(office, certificate) == "closed"
    [claim] = (await office.get("/claims", office.citizen()))["items"]
    assert (claim["certificate_number"], claim["state"]) == (f"{certificate.number}E2", "stopped")


@pytest.mark.parametrize("given", [{"kind": "training_completion"}, {"issued_on": date(2025, 12, 31)}])
async def test_reissuing_what_opens_no_window_opens_none(office, given):
    certificate = await office.certificate(**given)
    await office.deliver(office.reissued(certificate))
    assert await office.emitted() == []
    assert await office.sql("SELECT 1 FROM parked_messages") == []


@pytest.mark.parametrize(
    ("kind", "stage"),
    [("training_completion", 3), ("entrepreneurship_completion", 1), ("entrepreneurship_completion", 4)],
)
async def test_another_certificate_opens_none(office, kind, stage):
    certificate = await office.certificate(kind=kind, stage=stage)
    await office.revoke(certificate)
    assert await office.emitted() == []
    assert await office.sql("SELECT 1 FROM parked_messages") == []


@pytest.mark.parametrize("issued_on", [date(2025, 12, 31), date(2031, 1, 1)])
async def test_a_certificate_issued_outside_the_laws_time_opens_none(office, issued_on):
    certificate = await office.certificate(issued_on=issued_on)
    assert await office.emitted() == []
    await office.revoke(certificate)
    assert await office.sql("SELECT 1 FROM parked_messages") == []


async def test_reissuing_a_certificate_of_an_earlier_law_opens_none(office):
    first = await office.certificate(issued_on=date(2025, 12, 31))
    await office.deliver(first.model_copy(update={"issued_on": date(2026, 1, 5)}))
    assert await office.emitted(ClaimWindowOpened) == []


async def test_a_batch_of_certificates_opens_each_window(office):
    inside = [office.issued(project=f"P{number}") for number in range(5)]
    outside = office.issued(issued_on=date(2025, 12, 31))
    await office.deliver(*inside, outside, inside[0])
    opened = await office.emitted(ClaimWindowOpened)
    assert [event.certificate_id for event in opened] == [event.certificate_id for event in inside]


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2026, 5, 19, 23, 59, 59, tzinfo=SHANGHAI), "closed"),
        (datetime(2026, 5, 20, 0, 0, 0, tzinfo=SHANGHAI), "open"),
        (datetime(2027, 5, 20, 23, 59, 59, tzinfo=SHANGHAI), "open"),
        (datetime(2027, 5, 21, 0, 0, 0, tzinfo=SHANGHAI), "closed"),
    ],
)
async def test_the_edges_of_a_window_to_the_second_in_shanghai(office, moment, state):
    certificate = await office.certificate()
    office.clock.set(moment)
    assert await state_of(office, certificate) == state
    answer = await office.claim(certificate)
    assert answer.status_code == (201 if state == "open" else 422), answer.text
    if state == "closed":
        failed = [finding for finding in answer.json()["findings"] if finding["outcome"] == "failed"]
        assert [finding["rule"] for finding in failed] == ["S05"]


async def test_the_days_left_count_today(office):
    certificate = await office.certificate()
    office.clock.set(datetime(2027, 5, 20, 12, tzinfo=SHANGHAI))
    window = await office.get(f"/windows/{certificate.certificate_id}", office.citizen())
    assert window["days_left"] == 1


async def test_an_elapsed_window_tells_so_once_and_not_a_second_too_early(office):
    certificate = await office.certificate()
    office.clock.set(datetime(2027, 5, 20, 23, 59, 59, tzinfo=SHANGHAI))
    assert await office.close_windows() == 0
    office.clock.advance(seconds=1)
    assert await office.close_windows() == 1
    assert await office.close_windows() == 0
    [closed] = await office.emitted(ClaimWindowClosed)
    assert (closed.certificate_id, closed.cause, closed.closed_on) == (
        certificate.certificate_id,
        "elapsed",
        date(2027, 5, 21),
    )


async def test_a_revoked_window_closes_once_and_does_not_elapse_as_well(office):
    certificate = await office.certificate()
    await office.revoke(certificate)
    await office.revoke(certificate)
    assert await state_of(office, certificate) == "closed"
    office.clock.set(datetime(2027, 6, 1, tzinfo=SHANGHAI))
    assert await office.close_windows() == 0
    [closed] = await office.emitted(ClaimWindowClosed)
    assert (closed.cause, closed.closed_on) == ("revoked", date(2026, 6, 1))


async def test_a_window_revoked_after_it_elapsed_does_not_close_twice(office):
    certificate = await office.certificate()
    office.clock.set(datetime(2027, 6, 1, tzinfo=SHANGHAI))
    await office.close_windows()
    await office.revoke(certificate)
    assert [event.cause for event in await office.emitted(ClaimWindowClosed)] == ["elapsed"]


async def test_a_revocation_that_comes_before_the_certificate_waits_for_it(office):
    issued = office.issued()
    await office.deliver(office.revoked(issued))
    assert [row["waiting"] for row in await office.sql("SELECT waiting FROM parked_messages")] == [True]
    await office.deliver(issued)
    assert await office.sql("SELECT 1 FROM parked_messages") == []
    assert await state_of(office, issued) == "closed"
    assert (await office.claim(issued)).status_code == 422


async def test_events_of_different_certificates_may_come_in_any_order(office):
    issued = [office.issued(project=f"P{number}") for number in range(8)]
    events = [received(event) for event in issued]
    revocations = [received(office.revoked(event)) for event in issued[::2]]
    shuffled = [*events, *revocations, *events, *revocations]
    random.Random(20260601).shuffle(shuffled)
    for event in shuffled:
        await office.deliver(event)
    rows = await office.sql("SELECT certificate_id, closed_cause FROM windows")
    causes = {row["certificate_id"]: row["closed_cause"] for row in rows}
    assert causes == {
        event.certificate_id: "revoked" if number % 2 == 0 else None for number, event in enumerate(issued)
    }
    assert len(await office.emitted(ClaimWindowOpened)) == 8
    assert len(await office.emitted(ClaimWindowClosed)) == 4


async def test_a_person_sees_their_own_windows_alone(office):
    own = await office.certificate()
    await office.certificate(who="partner")
    windows = await office.get("/windows", office.citizen())
    assert [window["certificate_id"] for window in windows["items"]] == [str(own.certificate_id)]
    answer = await office.http.get(
        f"/subsidy/v1/windows/{own.certificate_id}", headers=office.citizen("partner")
    )
    assert answer.status_code == 404


async def four_windows(office):
    """Two that are open, one over, one revoked; by project."""
    days = {"P1": date(2026, 3, 2), "P2": date(2026, 1, 5), "P3": date(2026, 5, 20), "P4": date(2026, 4, 1)}
    made = {name: await office.certificate(project=name, issued_on=day) for name, day in days.items()}
    await office.revoke(made["P4"])
    office.clock.set(office.clock.on(date(2027, 2, 1)).now())
    return made


async def projects(office, **asked):
    return [one["project_code"] for one in (await office.get("/windows", office.citizen(), **asked))["items"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["P1", "P2", "P3", "P4"]),
        ({"state": "open"}, ["P1", "P3"]),
        ({"state": "closed"}, ["P2", "P4"]),
        ({"project_code": "P3"}, ["P3"]),
        ({"sort": "last_day"}, ["P2", "P1", "P4", "P3"]),
        ({"sort": "-issued_on"}, ["P3", "P4", "P1", "P2"]),
        ({"last_day_from": "2027-03-02", "last_day_until": "2027-04-01", "sort": "last_day"}, ["P1", "P4"]),
    ],
)
async def test_a_persons_windows_are_narrowed_and_sorted(office, asked, found):
    await four_windows(office)
    assert await projects(office, **asked) == found


@pytest.mark.parametrize("sort", ["certificate_id", "-last_day"])
async def test_a_persons_windows_come_page_by_page(office, sort):
    await four_windows(office)
    seen, cursor = [], None
    while True:
        asked = {"sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = await office.get("/windows", office.citizen(), **asked)
        seen += [one["project_code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == await projects(office, sort=sort)


@pytest.mark.parametrize(
    "asked", [{"state": "lost"}, {"sort": "holder"}, {"last_day_from": "soon"}, {"x": "1"}]
)
async def test_windows_are_asked_for_by_what_they_have(office, asked):
    answer = await office.http.get("/subsidy/v1/windows", headers=office.citizen(), params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_person_takes_their_own_windows_away_as_a_file(office):
    await four_windows(office)
    await office.certificate(who="partner")
    answer = await office.http.get(
        "/subsidy/v1/windows/export", headers=office.citizen(), params={"state": "open", "sort": "last_day"}
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["项目"], row["申领截止日"], row["剩余天数"]) for row in rows] == [
        ("项目P1", "2027-03-02", "30"),
        ("项目P3", "2027-05-20", "109"),
    ]
    assert {row["持证人"] for row in rows} == {"张*"}


async def test_the_holders_name_and_number_stay_encrypted_in_the_database(office):
    certificate = await office.certificate()
    [row] = await office.sql("SELECT w::text AS row FROM windows w")
    number = office.service.privacy.in_events.decrypt(
        certificate.person.id_number_encrypted, "event.id_number"
    )
    assert number not in row["row"]
    assert "张三丰" not in row["row"]


async def test_a_provisional_last_day_is_settled_once_its_holidays_are_known(office, tmp_path):
    provisional = await office.certificate(issued_on=date(2026, 5, 20))
    certain = await office.certificate(issued_on=date(2026, 1, 5), project="P2")
    text = PARAMETERS.read_text(encoding="utf-8")
    path = tmp_path / "parameters.yaml"
    path.write_text(
        text.replace("value: {}", 'value: {"2027-05-20": false, "2027-05-21": true, "2027-01-05": true}'),
        encoding="utf-8",
    )
    law = LawBook.load(path)
    async with office.service.database.transaction() as tx:
        assert await correct_provisional_windows(tx, office.service.law) == 0
        assert await correct_provisional_windows(tx, law) == 2
        assert await correct_provisional_windows(tx, law) == 0
    windows = {
        window["certificate_id"]: (window["last_day"], window["last_day_provisional"])
        for window in (await office.get("/windows", office.citizen()))["items"]
    }
    assert windows == {
        str(provisional.certificate_id): ("2027-05-21", False),
        str(certain.certificate_id): ("2027-01-05", False),
    }
