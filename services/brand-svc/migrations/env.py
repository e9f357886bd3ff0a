"""Where Alembic begins: the tables of brand-svc."""

from brand_svc.models import metadata
from chuangpei.migrations import run

run(metadata)
