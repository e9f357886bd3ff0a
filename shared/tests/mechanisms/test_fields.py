"""What services take is normalised where it comes in, and refused in two languages where it cannot be."""

from datetime import UTC, datetime
from typing import Any

import pytest
from chuangpei.fields import Code, CreditCodeText, DistrictCode, IdNumber, Instant, Name, Note, Phone
from chuangpei.input_errors import field_errors
from chuangpei.kernel.refusals import FieldError
from pydantic import TypeAdapter, ValidationError

CREDIT_CODE = "91310115MA1K35X104"
ID_NUMBER = "310115199003072311"


def read(kind: Any, value: str) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refusal_of(kind: Any, value: str) -> FieldError:
    with pytest.raises(ValidationError) as refused:
        read(kind, value)
    (error,) = field_errors(refused.value.errors())  # type: ignore[arg-type]  # pydantic's are dictionaries
    return error


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (CreditCodeText, " 91310115 ma1k35x104 ", CREDIT_CODE),
        (IdNumber, "310115 19900307 2311", ID_NUMBER),
        (DistrictCode, "310115", "310115"),
        (Phone, "138-0000 0000", "13800000000"),
        (Phone, "+86 21 1234 5678", "+862112345678"),
        (Name, "买买提·吐尔逊", "买买提·吐尔逊"),
        (Name, "\U000323b0", "\U000323b0"),
        (Code, "SYB-2025.1", "SYB-2025.1"),
    ],
)
def test_the_ways_of_writing_one_thing_are_kept_as_one(kind: Any, written: str, kept: str) -> None:
    assert read(kind, written) == kept


def test_an_instant_is_kept_in_utc() -> None:
    kept = read(Instant, "2026-05-10T09:00:00+08:00")

    assert kept == datetime(2026, 5, 10, 1, tzinfo=UTC)
    assert kept.tzinfo is UTC


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (CreditCodeText, "91310115MA1K35X105"),
        (IdNumber, "310115199003072312"),
        (DistrictCode, "110101"),
        (DistrictCode, "310103"),
        (Phone, "12345"),
        (Phone, "ring me"),
        (Name, ""),
        (Name, "张\u200b三"),
        (Name, "张\n三"),
        (Note, "x"),
        (Code, "-SYB"),
        (Code, "x" * 41),
        (Instant, "1999-12-31T00:00:00Z"),
        (Instant, "2026-05-10T09:00:00"),
    ],
)
def test_what_is_none_is_refused_in_two_languages(kind: Any, written: str) -> None:
    text = refusal_of(kind, written).text

    assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert text.en.isascii()


@pytest.mark.parametrize("kind", [CreditCodeText, IdNumber, DistrictCode, Phone, Name, Note])
def test_what_is_far_too_long_is_not_even_looked_at(kind: Any) -> None:
    assert refusal_of(kind, "9" * 1000).code == "string_too_long"


@pytest.mark.parametrize("kind", [CreditCodeText, IdNumber, DistrictCode, Phone])
def test_the_example_in_the_documents_is_one_that_is_taken(kind: Any) -> None:
    (example,) = TypeAdapter(kind).json_schema()["examples"]

    assert read(kind, example) == example
