"""Typed access to the law's numbers: ``LawBook.on(day)`` gives a :class:`Law` or raises NoLawInForce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from chuangpei.kernel.dated import DatedValue, ParameterBook
from chuangpei.kernel.money import Fen
from chuangpei.kernel.working_days import WorkingDays

from subsidy_svc.policy.faults import Fault
from subsidy_svc.policy.objections import ObjectionTerms, objection_terms
from subsidy_svc.policy.review import (
    AttachmentTerms,
    ReviewTerms,
    RiskTerms,
    attachment_terms,
    review_terms,
    risk_terms,
)

PARAMETERS = Path(__file__).with_name("parameters.yaml")


class ReferenceDate(StrEnum):
    """The day at which "within 3 years of starting" and the role are tested (基准日; D02)."""

    CLASS_START = "class_start"
    EVALUATION = "evaluation"
    ISSUE = "issue"
    APPLICATION = "application"


class Treatment(StrEnum):
    """What a revoked certificate does to its claim (D06)."""

    STOP = "stop"
    HOLD_OUT = "hold_out"
    OPEN_RECOVERY = "open_recovery"


class Stage(StrEnum):
    """How far a claim's money has come when its certificate is revoked (D06)."""

    NOT_BATCHED = "not_batched"
    BATCHED = "batched"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Law:
    """The parameters in force on one day. ``version`` changes when any of them does.

    ``claims_per_project`` is 1 in the law as it stands, and the database holds it to that.
    """

    version: str
    in_force: tuple[date, date | None]
    subsidy_fen: Fen
    start_up_years: int
    reference_date: ReferenceDate
    claimant_roles: tuple[str, ...]
    enterprise_province: str
    claims_per_project: int
    subsidies_per_person: int
    window_months: int
    window_rolls_to_working_day: bool
    window_reminder_days: tuple[int, ...]
    notice_working_days: int
    places_freed_by: frozenset[str]
    faults_freeing_place: frozenset[Fault]
    revocation_treatment: Mapping[Stage, Treatment]
    review: ReviewTerms
    registry_answer_days: int
    attachments: AttachmentTerms
    risk: RiskTerms
    objections: ObjectionTerms
    calendar: WorkingDays
    articles: Mapping[str, str]


@cache
def _parameters(path: Path) -> ParameterBook:
    return ParameterBook.load(path)


class LawBook:
    """The law by civil date in Asia/Shanghai: the parameters of the file, and over them what was published.

    ``number`` is that of the last publication it knows. A publication never changes a day that has begun.
    """

    def __init__(self, book: ParameterBook) -> None:
        self._file = self._book = book
        self._laws: dict[str, Law] = {}
        self.number = 0

    @classmethod
    def load(cls, path: Path = PARAMETERS) -> "LawBook":
        """The law in ``path``; raises ``ParameterError`` naming all that is wrong."""
        return cls(_parameters(path))

    def layer(self, number: int, published: Mapping[str, Sequence[DatedValue]]) -> None:
        """Lays over the file all that was published up to ``number``, oldest first."""
        self._book, self.number = self._file.layered(published), number

    def on(self, day: date) -> Law:
        """The law on ``day``; raises :class:`chuangpei.kernel.dated.NoLawInForce` outside its dates (O06)."""
        version = self._book.version(day)
        law = self._laws.get(version)
        if law is None:
            law = self._laws[version] = self._law(version, self._book.on(day))
        return law

    def covers(self, day: date) -> bool:
        """Whether the law is in force on ``day`` (O06, D10)."""
        return self._book.in_force.covers(day)

    def as_if(self, day: date, proposed: Mapping[str, DatedValue]) -> Law:
        """The law of ``day`` as it would have been with the proposed values; its version is another one."""
        return self._law(f"{self._book.version(day)}+", {**self._book.on(day), **proposed})

    @property
    def parameters(self) -> ParameterBook:
        """Every parameter with its dated values and citations, as the law itself lists them."""
        return self._book

    def _law(self, version: str, values: Mapping[str, DatedValue]) -> Law:
        value = {name: dated.value for name, dated in values.items()}
        overrides = {
            date.fromisoformat(day): bool(working) for day, working in value["working_day_overrides"].items()
        }
        in_force = self._book.in_force
        return Law(
            version=version,
            in_force=(in_force.first, in_force.last),
            subsidy_fen=Fen(value["subsidy_fen"]),
            start_up_years=value["start_up_years"],
            reference_date=ReferenceDate(value["reference_date"]),
            claimant_roles=tuple(value["claimant_roles"]),
            enterprise_province=value["enterprise_province"],
            claims_per_project=value["claims_per_project"],
            subsidies_per_person=value["subsidies_per_person"],
            window_months=value["window_months"],
            window_rolls_to_working_day=value["window_rolls_to_working_day"],
            window_reminder_days=value["window_reminder_days"],
            notice_working_days=value["notice_working_days"],
            places_freed_by=frozenset(value["places_freed_by"]),
            faults_freeing_place=frozenset(map(Fault, value["faults_freeing_place"])),
            revocation_treatment={
                Stage(stage): Treatment(treatment)
                for stage, treatment in value["revocation_treatment"].items()
            },
            review=review_terms(value),
            registry_answer_days=value["registry_answer_days"],
            attachments=attachment_terms(value),
            risk=risk_terms(value),
            objections=objection_terms(value),
            calendar=WorkingDays(overrides),
            articles={name: dated.article for name, dated in values.items()} | {"in_force": in_force.article},
        )
