"""The metadata that every table of this service belongs to."""

import sqlalchemy as sa
from chuangpei.mechanism_tables import add_amendments_table, add_mechanism_tables

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
add_mechanism_tables(metadata)
add_amendments_table(metadata)


def one_of(column: str, values: type | tuple[str, ...]) -> str:
    """The text of a CHECK that a column holds one of the values."""
    quoted = ", ".join(f"'{value}'" for value in values)  # type: ignore[union-attr]  # an enum class iterates
    return f"{column} IN ({quoted})"
