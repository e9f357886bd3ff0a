"""The migrations and the models say the same."""

from brand_svc.app import MIGRATIONS
from brand_svc.models import metadata
from chuangpei.migrations import differences
from chuangpei.testing.databases import MakeDatabase


async def test_the_migrated_database_is_what_the_models_say(make_database: MakeDatabase) -> None:
    assert await differences(await make_database(MIGRATIONS), metadata) == []
