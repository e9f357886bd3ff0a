"""Real names (实名, T06): a person's data sealed for keeping, and the reference that events carry."""

from dataclasses import dataclass
from datetime import date

from chuangpei.events.base import PersonRef
from chuangpei.kernel.masking import mask_name, mask_phone, masked
from chuangpei.kernel.refusals import FieldError, Text
from chuangpei.kernel.resident_id import ResidentId
from chuangpei.privacy import Privacy

_NAME = "person.name"
_ID_NUMBER = "person.id_number"
_PHONE = "person.phone"

_NOT_BORN = Text("证件号码的出生日期晚于今天", "The birth date in the identity number lies in the future")


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person as the database keeps one: a key to find, masks to show, the rest encrypted."""

    person_key: str
    masked_name: str
    masked_id_number: str
    name_encrypted: str
    id_number_encrypted: str


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Someone's name and phone as the database keeps them: masks to show, the rest encrypted."""

    masked_name: str
    masked_phone: str
    name_encrypted: str
    phone_encrypted: str


def seal_contact(privacy: Privacy, name: str, phone: str) -> SealedContact:
    """Seals a name and a phone number."""
    return SealedContact(
        masked_name=mask_name(name),
        masked_phone=mask_phone(phone),
        name_encrypted=privacy.at_rest.encrypt(name, _NAME),
        phone_encrypted=privacy.at_rest.encrypt(phone, _PHONE),
    )


def open_contact(privacy: Privacy, contact: SealedContact) -> tuple[str, str]:
    """The clear name and phone, for those who may read them and said why."""
    return (
        privacy.at_rest.decrypt(contact.name_encrypted, _NAME),
        privacy.at_rest.decrypt(contact.phone_encrypted, _PHONE),
    )


def seal(privacy: Privacy, name: str, id_number: str) -> SealedPerson:
    """Seals a name and a normalised id number."""
    return SealedPerson(
        person_key=privacy.person_key(id_number),
        masked_name=mask_name(name),
        masked_id_number=masked(id_number),
        name_encrypted=privacy.at_rest.encrypt(name, _NAME),
        id_number_encrypted=privacy.at_rest.encrypt(id_number, _ID_NUMBER),
    )


def reference(privacy: Privacy, person: SealedPerson) -> PersonRef:
    """The person as events carry one, encrypted anew under the key of events."""
    name, id_number = clear_name(privacy, person), clear_id_number(privacy, person)
    return PersonRef(
        person_key=person.person_key,
        masked_name=person.masked_name,
        name_encrypted=privacy.in_events.encrypt(name, "event.name"),
        id_number_encrypted=privacy.in_events.encrypt(id_number, "event.id_number"),
    )


def clear_name(privacy: Privacy, person: SealedPerson) -> str:
    """The name as it was given, for comparing and for who may see it."""
    return privacy.at_rest.decrypt(person.name_encrypted, _NAME)


def clear_id_number(privacy: Privacy, person: SealedPerson) -> str:
    """The id number, for who may see it."""
    return open_id_number(privacy, person.id_number_encrypted)


def open_id_number(privacy: Privacy, encrypted: str) -> str:
    """The id number that was sealed, to ask an outside registry with."""
    return privacy.at_rest.decrypt(encrypted, _ID_NUMBER)


def seal_phone(privacy: Privacy, phone: str) -> str:
    """A phone number encrypted for keeping."""
    return privacy.at_rest.encrypt(phone, _PHONE)


def clear_phone(privacy: Privacy, encrypted: str) -> str:
    """The phone number, for who may see it."""
    return privacy.at_rest.decrypt(encrypted, _PHONE)


def birth_errors(id_number: str, pointer: str, today: date) -> tuple[FieldError, ...]:
    """The error of a normalised id number whose bearer is not born yet."""
    if ResidentId(id_number).birth_date <= today:
        return ()
    return (FieldError(pointer, "not_born", _NOT_BORN),)
