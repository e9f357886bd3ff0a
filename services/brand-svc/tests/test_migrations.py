"""The migrations and the models say the same."""

from brand_svc.app import MIGRATIONS
from brand_svc.models import metadata
from chuangpei.migrations import differences
from chuangpei.testing.contracts import unmatched_checks
from chuangpei.testing.databases import MakeDatabase


async def test_the_migrated_database_is_what_the_models_say(make_database: MakeDatabase) -> None:
    assert await differences(await make_database(MIGRATIONS), metadata) == []


async def test_every_check_of_the_models_is_in_the_database(make_database: MakeDatabase) -> None:
    assert await unmatched_checks(await make_database(MIGRATIONS), metadata) == set()
