"""Identifiers of rows and events."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A new identifier (UUID version 7): unique in all services, and near its neighbours in an index.

    Its leading bits betray roughly when it was made, and it is no secret: a number that nobody may guess,
    such as a certificate's, is not made from it.
    """
    return compat.uuid7()
