"""The metadata to which every table of webhook-svc belongs."""

from enum import StrEnum

import sqlalchemy as sa
from chuangpei.mechanism_tables import add_amendments_table, add_mechanism_tables

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
add_mechanism_tables(metadata)
add_amendments_table(metadata)


def written(state: StrEnum) -> sa.ColumnElement[str]:
    """The state as a constant in SQL, so that partial indexes on it can be used."""
    return sa.literal_column(f"'{state}'", sa.Text)
