"""The public list and history of brands need nobody to sign in (B03, B09)."""


async def test_the_list_goes_page_by_page_without_gap_or_repeat(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    seen, cursor = [], None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await city.get("/brands", **query)).json()
        seen += [one["credit_code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 3


async def test_a_line_says_who_holds_what_since_when_and_from_which_round(holder):
    [line] = (await holder.get("/brands")).json()["items"]
    assert line["institution_name"] == "申城技能培训学校"
    assert (line["tier"], line["state"], line["recognised_on"]) == ("district", "active", "2026-07-01")
    assert line["round_name"] == "2026年优质品牌遴选"
    assert (line["ended_on"], line["revoked_for"]) == (None, None)


async def test_the_history_of_who_never_held_a_brand_is_not_found(institutions):
    answer = await institutions.get(f"/brands/{institutions.code('B')}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_credit_code_is_understood_as_people_write_it(holder):
    code = holder.code("A")
    for written in (code.lower(), f"{code[:2]} {code[2:]}"):
        assert (await holder.get(f"/brands/{written}")).json()["credit_code"] == code
