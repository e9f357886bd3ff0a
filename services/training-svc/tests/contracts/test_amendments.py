"""Amending what was decided: the old value, who and why are kept for ever."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from chuangpei.amendments import AmendmentPage, amended, history, whole_history
from chuangpei.auth import Principal, Role
from chuangpei.testing.databases import MakeDatabase
from chuangpei.testing.miniature import opened
from training_svc.app import MIGRATIONS

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFFICER = Principal("officer-1", Role.DISTRICT_OFFICER, district="310115")
OBJECT: dict[str, Any] = {"at": AT, "object_type": "appraisal", "object_id": 7, "reason": "误算"}


async def test_what_was_amended_is_told_with_the_values_before_and_after(make_database: MakeDatabase) -> None:
    async with opened(await make_database(MIGRATIONS)) as database:
        async with database.transaction() as tx:
            before, after = {"score": 55, "grade": "D"}, {"score": 65, "grade": "D"}
            assert await amended(
                tx,
                OFFICER,
                at=AT,
                object_type="appraisal",
                object_id=7,
                reason="误算",
                before=before,
                after=after,
            )
        (found,) = (await history(database, "appraisal", 7, AmendmentPage())).items
        assert (found.before, found.after) == ({"score": 55}, {"score": 65})
        assert (found.amended_by, found.reason, found.amended_at) == ("officer-1", "误算", AT)
        async with database.transaction() as tx:
            audited = await tx.connection.fetchval("SELECT action FROM audit_log")
        assert audited == "amend_appraisal"


async def test_an_amendment_that_changes_nothing_leaves_nothing(make_database: MakeDatabase) -> None:
    async with opened(await make_database(MIGRATIONS)) as database:
        async with database.transaction() as tx:
            same = {"score": 55}
            assert not await amended(
                tx,
                OFFICER,
                at=AT,
                object_type="appraisal",
                object_id=7,
                reason="误算",
                before=same,
                after=same,
            )
        assert (await history(database, "appraisal", 7, AmendmentPage())).items == []


async def test_a_history_is_read_page_by_page_from_either_end_or_whole(make_database: MakeDatabase) -> None:
    async with opened(await make_database(MIGRATIONS)) as database:
        async with database.transaction() as tx:
            for score in (1, 2, 3):
                kept = {"before": {"score": score - 1}, "after": {"score": score}}
                assert await amended(tx, OFFICER, **OBJECT, **kept)
            assert await amended(tx, OFFICER, **OBJECT | {"object_id": 8}, **kept)

        async def scores(query: AmendmentPage) -> tuple[list[int], str | None]:
            page = await history(database, "appraisal", 7, query)
            return [one.after["score"] for one in page.items], page.next_cursor

        first, cursor = await scores(AmendmentPage(limit=2))
        assert (first, await scores(AmendmentPage(limit=2, cursor=cursor))) == ([1, 2], ([3], None))
        assert (await scores(AmendmentPage(sort="-id")))[0] == [3, 2, 1]
        assert [one.after["score"] for one in await whole_history(database, "appraisal", 7)] == [1, 2, 3]


@pytest.mark.parametrize("change", ["UPDATE amendments SET reason = 'x'", "DELETE FROM amendments"])
async def test_nobody_changes_the_history(make_database: MakeDatabase, change: str) -> None:
    async with opened(await make_database(MIGRATIONS)) as database:
        with pytest.raises(asyncpg.RestrictViolationError):
            async with database.transaction() as tx:
                await tx.connection.execute(change)
