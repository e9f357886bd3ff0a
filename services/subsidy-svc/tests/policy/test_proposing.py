"""What a proposal may change of the law, and what it must never weaken (S02–S05, D01–D04, D06)."""

from datetime import date

import pytest
from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.policy.proposing import Change, dated, faults

BOOK = LawBook.load().parameters
TODAY, LATER = date(2026, 6, 1), date(2027, 1, 1)


def change(parameter="subsidy_fen", unit="fen", value=200000):
    return Change(parameter, unit, value, "沪人社规〔2027〕8号")


def codes(*changes, effective_from=LATER, today=TODAY):
    return [(one.pointer, one.code) for one in faults(BOOK, changes, effective_from, today)]


@pytest.mark.parametrize(
    ("parameter", "unit", "value"),
    [
        ("subsidy_fen", "fen", 200000),
        ("start_up_years", "years", 5),
        ("reference_date", "choice", "issue"),
        ("claimant_roles", "choice", ["legal_representative"]),
        ("subsidies_per_person", "times", 2),
        ("window_months", "months", 18),
        ("window_rolls_to_working_day", "switch", False),
        ("notice_working_days", "working_days", 7),
        ("window_reminder_days", "days_before", [60, 14]),
        ("places_freed_by", "choice", ["withdrawn"]),
        ("places_freed_by", "choice", []),
        ("faults_freeing_place", "choice", []),
    ],
)
def test_a_term_of_the_law_may_be_changed_from_a_later_day_on(parameter, unit, value):
    assert codes(change(parameter, unit, value)) == []


@pytest.mark.parametrize(
    ("effective_from", "code"),
    [
        (TODAY, "not_in_future"),
        (date(2026, 5, 31), "not_in_future"),
        (date(2031, 1, 1), "no_law"),
    ],
)
def test_a_day_that_has_begun_or_has_no_law_is_not_changed(effective_from, code):
    assert codes(change(), effective_from=effective_from) == [("/effective_from", code)]


def test_tomorrow_and_the_laws_last_day_may_be_changed():
    assert codes(change(), effective_from=date(2026, 6, 2)) == []
    assert codes(change(), effective_from=date(2030, 12, 31)) == []


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        (change("subsidy"), "parameter", "unknown"),
        (change(unit="yuan", value=2000), "unit", "wrong_unit"),
        (change(value=180000), "value", "unchanged"),
        (change(value=0), "value", "not_allowed"),
        (change(value=-1), "value", "not_allowed"),
        (change(value=2000.5), "value", "not_allowed"),
        (change(value=True), "value", "not_allowed"),
        (change(value="200000"), "value", "not_allowed"),
        (change(value=10**9 + 1), "value", "not_allowed"),
        (change("subsidies_per_person", "times", 4), "value", "not_allowed"),
        (change("notice_working_days", "working_days", 0), "value", "not_allowed"),
        (change("window_months", "months", 0), "value", "not_allowed"),
        (change("window_reminder_days", "days_before", [30, 30]), "value", "not_allowed"),
        (change("window_reminder_days", "days_before", [0]), "value", "not_allowed"),
        (change("reference_date", "choice", "birthday"), "value", "not_allowed"),
        (change("claimant_roles", "choice", []), "value", "not_allowed"),
        (change("claimant_roles", "choice", ["employee"]), "value", "not_allowed"),
        (change("claimant_roles", "choice", ["person_in_charge"] * 2), "value", "not_allowed"),
        (change("claimant_roles", "choice", [["person_in_charge"]]), "value", "not_allowed"),
        (change("places_freed_by", "choice", ["withdrawn", "paid"]), "value", "not_allowed"),
        (change("faults_freeing_place", "choice", ["office_error", "person_fraud"]), "value", "not_allowed"),
        (change("window_rolls_to_working_day", "switch", 1), "value", "not_allowed"),
        (change("claims_per_project", "times", 2), "parameter", "fixed"),
        (change("revocation_treatment", "choice", {"paid": "stop"}), "parameter", "fixed"),
        (change("enterprise_province", "code", "32"), "parameter", "fixed"),
        (change("working_day_overrides", "calendar", {}), "parameter", "fixed"),
    ],
)
def test_what_is_unknown_wrong_or_would_weaken_an_invariant_is_refused(given, pointer, code):
    assert codes(given) == [(f"/changes/0/{pointer}", code)]


def test_every_fault_is_named_and_a_parameter_once():
    assert codes(change(value=0), change("x"), change(value=5)) == [
        ("/changes/0/value", "not_allowed"),
        ("/changes/1/parameter", "unknown"),
        ("/changes/2/parameter", "twice"),
    ]


def test_every_parameter_can_be_changed_or_says_why_not():
    for name, known in BOOK.on(LATER).items():
        [fault] = faults(BOOK, [Change(name, "no unit", None, "x")], LATER, TODAY)
        assert fault.code in ("wrong_unit", "fixed"), (name, known)
        assert fault.text.zh != fault.text.en


def test_a_list_is_kept_as_the_file_would_have_it_and_takes_the_parameters_rule():
    value = dated(BOOK, [change("claimant_roles", "choice", ["person_in_charge"])], LATER)["claimant_roles"]
    assert (value.value, value.rule, value.since) == (("person_in_charge",), "S01", LATER)


def test_a_layered_law_is_typed_like_any_other_and_leaves_the_days_before():
    book = LawBook.load()
    before = book.on(date(2026, 12, 31))
    added = dated(BOOK, [change("reference_date", "choice", "issue"), change()], LATER)
    book.layer(1, {name: [value] for name, value in added.items()})
    assert book.on(date(2026, 12, 31)) == before
    assert (book.on(LATER).reference_date, book.on(LATER).subsidy_fen) == ("issue", 200000)
    assert (
        LawBook.load().on(LATER).subsidy_fen == 180000
    )  # another service of this process knows nothing of it
