"""Where Alembic begins: the tables of webhook-svc."""

from chuangpei.migrations import run
from webhook_svc.models import metadata

run(metadata)
