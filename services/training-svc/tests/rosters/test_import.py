"""A roster of trainees by real name, row by row: who is enrolled, who is not, and why (T06)."""

import asyncio
import io

import openpyxl
import pytest
from chuangpei.kernel.resident_id import make_resident_id


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution)


async def errors(world, filed, roster):
    """The line, column and code of every error."""
    institution, _ = filed
    answer = await world.get(f"/rosters/{roster['id']}/errors?limit=200", world.of_institution(institution))
    assert answer.status_code == 200, answer.text
    return [(one["line"], one["column"], one["code"]) for one in answer.json()["items"]]


def counters(roster):
    return {name: roster[name] for name in ("rows", "checked", "good", "bad", "enrolled", "waiting")}


async def test_everybody_of_a_good_file_is_enrolled_and_the_rows_are_gone(world, filed):
    people = [world.trainee(name=f"学员{number}") for number in range(5)]
    sent = await world.sent_roster(*filed, world.roster_file(people))
    assert (sent.status_code, sent.json()["state"], sent.json()["progress_percent"]) == (202, "received", 0)
    await world.worked()
    roster = (await world.get(f"/rosters/{sent.json()['id']}", world.officer())).json()
    assert (roster["state"], roster["progress_percent"]) == ("done", 100)
    assert counters(roster) == {"rows": 5, "checked": 5, "good": 5, "bad": 0, "enrolled": 5, "waiting": 0}
    assert await world.count("SELECT enrolled FROM classes") == 5
    assert await world.count("SELECT count(*) FROM roster_rows") == 0
    keys = {world.service.privacy.person_key(one["id_number"]) for one in people}
    found = await world.count("SELECT array_agg(person_key) FROM enrolments")
    assert set(found) == keys


async def test_an_xlsx_does_the_same(world, filed):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "手机"])
    for _ in range(3):
        book.active.append(list(world.trainee().values()))
    file = io.BytesIO()
    book.save(file)
    roster = await world.roster(*filed, file.getvalue())
    assert (roster["state"], roster["enrolled"]) == ("done", 3)


async def test_every_error_of_every_row_is_told_by_line_column_and_reason(world, filed):
    institution, training_class = filed
    good, twice, enrolled = world.trainee(), world.trainee(), world.trainee()
    await world.enrolled(institution, training_class, **enrolled)
    wrong_check = good["id_number"][:-1] + ("0" if good["id_number"][-1] != "0" else "1")
    content = world.roster_file(
        [
            good,
            world.trainee(id_number=wrong_check, phone="12"),
            world.trainee(name="张\u200b三"),
            twice,
            {"name": "王五"},
            twice | {"phone": "=1+1"},
            enrolled,
            world.trainee(id_number="3.10115E+17"),
            world.trainee(id_number=make_resident_id("310101", world.clock.today().replace(year=2027), 1)),
        ]
    )
    roster = await world.roster(*filed, content)
    assert (roster["state"], roster["bad"], roster["enrolled"]) == ("refused", 7, 0)
    assert sorted(await errors(world, filed, roster), key=str) == sorted(
        [
            (3, "id_number", "value_error"),
            (3, "phone", "value_error"),
            (4, "name", "value_error"),
            (6, "id_number", "missing"),
            (6, "phone", "missing"),
            (7, "id_number", "named_twice"),
            (7, "phone", "formula"),
            (8, None, "already_enrolled"),
            (9, "id_number", "damaged_number"),
            (10, "id_number", "not_born"),
        ],
        key=str,
    )


async def test_the_reasons_are_told_in_both_languages_and_never_repeat_a_cell(world, filed):
    one = world.trainee(name="司马相如")
    roster = await world.roster(*filed, world.roster_file([one, one, one | {"phone": "司马"}]))
    answer = await world.get(f"/rosters/{roster['id']}/errors", world.officer())
    first, *rest = answer.json()["items"]
    assert first == {
        "line": 3,
        "column": "id_number",
        "code": "named_twice",
        "zh": "第2行与第3行为同一人",
        "en": "Lines 2 and 3 name the same person",
    }
    assert [(one["line"], one["zh"]) for one in rest] == [
        (4, "电话号码格式不符"),
        (4, "第2行与第4行为同一人"),
    ]
    assert "司马" not in answer.text
    assert one["id_number"] not in answer.text


async def test_all_or_nothing_enrols_nobody_where_one_row_is_bad(world, filed):
    people = [world.trainee(), world.trainee(phone="12")]
    roster = await world.roster(*filed, world.roster_file(people))
    assert (roster["state"], roster["progress_percent"]) == ("refused", 100)
    assert counters(roster) == {"rows": 2, "checked": 2, "good": 1, "bad": 1, "enrolled": 0, "waiting": 0}
    assert await world.count("SELECT count(*) FROM enrolments") == 0
    assert await world.count("SELECT count(*) FROM roster_rows") == 0


async def test_good_rows_are_enrolled_beside_bad_ones_where_that_is_asked(world, filed):
    people = [world.trainee(), world.trainee(phone="12"), world.trainee()]
    roster = await world.roster(*filed, world.roster_file(people), "good_rows")
    assert roster["state"] == "done"
    assert counters(roster) == {"rows": 3, "checked": 3, "good": 2, "bad": 1, "enrolled": 2, "waiting": 0}


async def test_a_file_of_bad_rows_alone_is_done_with_nobody_enrolled(world, filed):
    roster = await world.roster(*filed, world.roster_file([world.trainee(phone="1")]), "good_rows")
    assert (roster["state"], roster["bad"], roster["enrolled"]) == ("done", 1, 0)


async def test_the_rules_of_an_enrolment_hold_for_each_row(world):
    institution = await world.qualified()
    teacher = {"name": "李老师", "id_number": world.id_number()}
    training_class = await world.filed(institution, instructors=[teacher])
    content = world.roster_file([teacher | {"phone": "13800001234"}, world.trainee()])
    roster = await world.roster(institution, training_class, content, "good_rows")
    assert (roster["enrolled"], roster["bad"]) == (1, 1)
    assert await errors(world, (institution, training_class), roster) == [(2, None, "T06")]
    world.clock.set(world.at(2))
    late = await world.roster(institution, training_class, world.roster_file([world.trainee()]))
    assert (late["state"], late["enrolled"]) == ("refused", 0)


@pytest.mark.parametrize("mode", ["all_or_nothing", "good_rows"])
async def test_of_more_rows_than_places_the_first_fill_the_class_and_the_others_wait(world, mode):
    institution = await world.qualified()
    training_class = await world.filed(institution, capacity=2)
    people = world.roster_file([world.trainee() for _ in range(3)])
    done = await world.roster(institution, training_class, people, mode)
    assert (done["state"], done["enrolled"], done["waiting"], done["bad"]) == ("done", 2, 1, 0)
    seen = (await world.get(f"/classes/{training_class['id']}", world.of_institution(institution))).json()
    assert (seen["enrolled"], seen["waiting"]) == (2, 1)


async def test_a_priority_group_and_a_firm_are_taken_from_their_columns(world):
    institution = await world.qualified()
    training_class = await world.filed(institution, capacity=1)
    firm = world.credit_code()
    fields = ("姓名", "证件号码", "手机号", "重点群体", "重点群体依据", "创业组织统一社会信用代码")
    people = [
        {"姓名": "张三", "证件号码": world.id_number(), "手机号": "13800001234"} | own
        for own in (
            {},
            {"创业组织统一社会信用代码": firm},
            {"重点群体": "退役军人", "重点群体依据": "优待证已核验"},
            {"重点群体": "退役军人"},
            {"重点群体": "船员", "重点群体依据": "证件"},
        )
    ]
    roster = await world.roster(institution, training_class, world.roster_file(people, fields), "good_rows")
    assert (roster["enrolled"], roster["waiting"], roster["bad"]) == (1, 2, 2)
    assert await errors(world, (institution, training_class), roster) == [
        (5, "priority_evidence", "missing"),
        (6, "priority_group", "enum"),
    ]
    listed = await world.get(f"/classes/{training_class['id']}/enrolments", world.officer())
    assert [(one["priority_group"], one["place_in_line"]) for one in listed.json()["items"]] == [
        (None, None),
        (None, 1),
        ("veteran", 2),
    ]
    assert await world.count("SELECT credit_code FROM enterprise_snapshots") == firm


async def test_who_sits_in_another_class_at_the_same_hours_is_refused(world, filed):
    institution, _ = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    busy = world.trainee(name="王五")
    await world.enrolled(institution, other, **busy)
    roster = await world.roster(*filed, world.roster_file([busy | {"phone": "1"}, world.trainee()]))
    assert await errors(world, filed, roster) == [(2, "phone", "value_error"), (2, None, "trainee_clash")]


async def test_each_enrolment_of_a_roster_is_audited_like_a_single_one(world, filed):
    institution, training_class = filed
    await world.enrolled(institution, training_class)
    await world.roster(*filed, world.roster_file([world.trainee()]))
    rows = await world.count(
        "SELECT array_agg((to_jsonb(a) - 'id' - 'object_id' - 'request_id' - 'at')::text ORDER BY id)"
        " FROM audit_log a WHERE action = 'enrol'"
    )
    assert len(rows) == 2
    assert rows[0] == rows[1]


async def test_who_enrols_between_checking_and_importing_is_not_enrolled_twice(world, filed):
    institution, training_class = filed
    one, other = world.trainee(), world.trainee()
    sent = await world.sent_roster(*filed, world.roster_file([one, other]), "good_rows")
    await world.one_stretch()
    await world.enrolled(institution, training_class, **one)
    await world.worked()
    roster = (await world.get(f"/rosters/{sent.json()['id']}", world.officer())).json()
    assert counters(roster) == {"rows": 2, "checked": 2, "good": 1, "bad": 1, "enrolled": 1, "waiting": 0}
    assert await errors(world, filed, roster) == [(2, None, "already_enrolled")]
    assert await world.count("SELECT count(*) FROM enrolments") == 2


async def test_the_example_row_of_the_template_enrols_nobody(world, filed):
    template = await world.get("/rosters/template", world.officer())
    roster = await world.roster(*filed, template.content, "good_rows")
    assert (roster["rows"], roster["enrolled"]) == (1, 0)
    assert await errors(world, filed, roster) == [(2, None, "example_row")]


async def test_a_file_that_cannot_be_read_is_refused_at_once_and_leaves_nothing(world, filed):
    answer = await world.sent_roster(*filed, "姓名,性别\n张三,男\n".encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_file")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("line 1", "unknown_column"),
        ("line 1", "missing_column"),
        ("line 1", "missing_column"),
    ]
    assert (await world.sent_roster(*filed, b"")).json()["errors"][0]["code"] == "empty"
    assert await world.count("SELECT count(*) FROM roster_imports") == 0


async def test_a_mode_that_is_not_known_is_refused(world, filed):
    answer = await world.sent_roster(*filed, b"", "some")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/mode")


async def test_the_same_file_sent_again_under_its_key_is_one_import(world, filed):
    content, same_key = world.roster_file([world.trainee()]), {"idempotency-key": "roster-0001"}
    answers = await asyncio.gather(*(world.sent_roster(*filed, content, headers=same_key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await world.sent_roster(*filed, content, "good_rows", headers=same_key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await world.count("SELECT count(*) FROM roster_imports") == 1


async def test_rows_rest_encrypted_until_their_turn(world, filed):
    one = world.trainee(name="司马相如")
    await world.sent_roster(*filed, world.roster_file([one, one | {"phone": "=1+1"}]))
    for _ in range(2):
        for table in ("roster_rows", "roster_errors", "roster_imports", "audit_log", "idempotency_keys"):
            stored = await world.count(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 -- ours
            assert not any(value in (stored or "") for value in one.values()), table
        await world.one_stretch()


async def test_an_import_is_audited_from_its_coming_to_its_end(world, filed):
    roster = await world.roster(*filed, world.roster_file([world.trainee()]))
    steps = await world.count(
        "SELECT array_agg(action || ' ' || to_state ORDER BY id) FROM audit_log WHERE object_id = $1",
        roster["id"],
    )
    assert steps == ["receive_roster received", "end_roster done"]
