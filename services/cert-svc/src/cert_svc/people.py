"""Persons as this service keeps them: encrypted at rest, told to others encrypted for events."""

from dataclasses import dataclass, replace

from chuangpei.events.base import PersonRef
from chuangpei.kernel.masking import mask_name
from chuangpei.privacy import Privacy


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person (学员) at rest: the key that stands for them, the masked name, and two encrypted fields."""

    person_key: str
    masked_name: str
    name_encrypted: str
    id_number_encrypted: str


def sealed(privacy: Privacy, name: str, id_number: str) -> StoredPerson:
    """A person by a clear name and a normalised id number."""
    return StoredPerson(
        privacy.person_key(id_number),
        mask_name(name),
        privacy.at_rest.encrypt(name, "person.name"),
        privacy.at_rest.encrypt(id_number, "person.id_number"),
    )


def received(privacy: Privacy, person: PersonRef) -> StoredPerson:
    """The person of an event, re-encrypted with this service's own key. Raises ``CannotDecrypt``."""
    name = privacy.in_events.decrypt(person.name_encrypted, "event.name")
    id_number = privacy.in_events.decrypt(person.id_number_encrypted, "event.id_number")
    return StoredPerson(
        person.person_key,
        person.masked_name,
        privacy.at_rest.encrypt(name, "person.name"),
        privacy.at_rest.encrypt(id_number, "person.id_number"),
    )


def renamed(privacy: Privacy, person: StoredPerson, name: str) -> StoredPerson | None:
    """The same person under a corrected clear name; None where that is the name already."""
    if privacy.at_rest.decrypt(person.name_encrypted, "person.name") == name:
        return None
    return replace(
        person, masked_name=mask_name(name), name_encrypted=privacy.at_rest.encrypt(name, "person.name")
    )


def told(privacy: Privacy, person: StoredPerson) -> PersonRef:
    """The person for an event, re-encrypted with the key of events. Raises ``CannotDecrypt``."""
    name = privacy.at_rest.decrypt(person.name_encrypted, "person.name")
    id_number = privacy.at_rest.decrypt(person.id_number_encrypted, "person.id_number")
    return PersonRef(
        person_key=person.person_key,
        masked_name=person.masked_name,
        name_encrypted=privacy.in_events.encrypt(name, "event.name"),
        id_number_encrypted=privacy.in_events.encrypt(id_number, "event.id_number"),
    )
