"""What one sees of rosters: imports, their errors, the template, as lists and as files (T06)."""

import csv
import io

import openpyxl
import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei.sheets.reader import read_sheet
from training_svc.rosters.columns import COLUMNS, EXAMPLE


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution)


def lines_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def states(world, query, by):
    answer = await world.get(f"/rosters?{query}", by)
    assert answer.status_code == 200, answer.text
    return [one["state"] for one in answer.json()["items"]]


async def test_imports_are_found_by_class_state_and_mode_the_newest_first(world, filed):
    institution, training_class = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    await world.roster(*filed, world.roster_file([world.trainee()]))
    world.clock.advance(minutes=1)
    await world.roster(institution, other, world.roster_file([world.trainee(phone="1")]))
    by = world.officer()
    assert await states(world, "", by) == ["refused", "done"]
    assert await states(world, "sort=received_at", by) == ["done", "refused"]
    assert await states(world, f"class_id={training_class['id']}", by) == ["done"]
    assert await states(world, "state=refused", by) == ["refused"]
    assert await states(world, "mode=good_rows", by) == []


async def test_another_district_and_another_institution_see_no_import(world, filed):
    roster = await world.roster(*filed, world.roster_file([world.trainee(phone="1")]))
    for other in (world.officer("310104"), world.of_institution(await world.institution())):
        assert await states(world, "", other) == []
        for path in ("", "/errors", "/errors/export"):
            assert (await world.get(f"/rosters/{roster['id']}{path}", other)).status_code == 404
    sent = await world.sent_roster(await world.institution(), filed[1], world.roster_file([world.trainee()]))
    assert sent.status_code == 404


async def test_the_list_of_imports_is_taken_away_as_a_file(world, filed):
    await world.roster(*filed, world.roster_file([world.trainee(), world.trainee()]))
    (line,) = lines_of(await world.get("/rosters/export", world.officer()))
    assert (line["状态"], line["行数"], line["已报名"]) == ("done", "2", "2")


async def test_errors_are_paged_by_line_and_found_by_column_and_code(world, filed):
    people = [world.trainee(phone="1", name="" if number == 3 else "张三") for number in range(5)]
    roster = await world.roster(*filed, world.roster_file(people))
    path, by = f"/rosters/{roster['id']}/errors", world.officer()
    lines, cursor = [], ""
    while cursor is not None:
        page = (await world.get(f"{path}?limit=2{cursor}", by)).json()
        lines += [one["line"] for one in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert lines == [2, 3, 4, 5, 5, 6]
    (named,) = (await world.get(f"{path}?column=name", by)).json()["items"]
    assert (named["line"], named["code"], named["zh"]) == (5, "missing", "必填")
    assert len((await world.get(f"{path}?code=value_error&sort=-line", by)).json()["items"]) == 5
    refused = await world.get(f"{path}?sort=colour", by)
    assert refused.json()["errors"][0]["pointer"] == "/query/sort"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_errors_are_taken_away_as_a_file(world, filed, kind):
    roster = await world.roster(*filed, world.roster_file([world.trainee(phone="1")]))
    answer = await world.get(f"/rosters/{roster['id']}/errors/export?format={kind}", world.officer())
    if kind == "csv":
        (line,) = lines_of(answer)
        assert (line["行号"], line["列"], line["原因"]) == ("2", "phone", "电话号码格式不符")
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert [cell.value for cell in sheet[2]][:2] == [2, "phone"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_template_is_a_file_that_the_import_reads(world, filed, kind, language):
    headers = world.officer() | {"accept-language": language}
    answer = await world.get(f"/rosters/template?format={kind}", headers)
    assert answer.headers["content-disposition"].endswith(f"roster-template.{kind}")
    rows = await read_sheet(answer.content, COLUMNS)
    assert not isinstance(rows, Refusal)
    assert [dict(row.cells) for row in rows] == [EXAMPLE]


async def test_numbers_typed_into_the_template_stay_texts(world):
    answer = await world.get("/rosters/template?format=xlsx", world.officer())
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {sheet.column_dimensions["A"].number_format, sheet["B2"].number_format} == {"@"}
    length, groups = sheet.data_validations.dataValidation
    assert (str(length.sqref), length.type, length.formula1) == ("B2:B10001", "textLength", "18")
    assert groups.type == "list"
    assert "退役军人" in groups.formula1
