"""Identifiers of rows and events."""

from uuid import UUID

from chuangpei.kernel.identifiers import new_id


def test_identifiers_are_of_version_7_and_never_repeat() -> None:
    made = [new_id() for _ in range(1000)]
    assert all(type(identifier) is UUID and identifier.version == 7 for identifier in made)
    assert len(set(made)) == 1000
