"""Typed access to the dated numbers and the reasons of revocation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, cast, get_args

from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.refusals import Text

from cert_svc.policy.certificates import CertificateBook

ExitGround = Literal["X1", "X2", "X3", "X4", "X5"]
"""The exit grounds of a brand (退出情形; B11), as events name them."""

_NO_GROUND = "none"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of one training: pass mark (合格分数线) in points, retakes (补考) and months for them.

    ``dispute_days`` are the civil days in which a published result may be disputed (复核申请期限),
    ``recheck_difference`` the points by which a district's check may differ and agree (抽查复核分差).
    """

    pass_mark: int
    retakes: int
    retake_months: int
    dispute_days: int
    recheck_difference: int


@dataclass(frozen=True, slots=True)
class RevocationReason:
    """Why a certificate is revoked (撤销原因) and the ground of B11 it matches, if any (D09).

    ``evaluated_anew``: an evaluation that is voided for it uses up no attempt and opens again.
    """

    code: str
    text: Text
    exit_ground: ExitGround | None
    evaluated_anew: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """What holds on a civil day: the numbers of evaluations, reasons of revocation, certificates."""

    evaluation: ParameterBook
    revocation: ParameterBook
    certificates: CertificateBook

    @classmethod
    @cache
    def load(cls) -> Self:
        """The law in the files beside this module. Raises ``ParameterError`` naming all that is wrong."""
        here = Path(__file__)
        return cls(
            ParameterBook.load(here.with_name("parameters.yaml")),
            ParameterBook.load(here.with_name("revocation_reasons.yaml")),
            CertificateBook.load(),
        )

    def parameters_of(self, *, class_started_on: date, completed_on: date) -> Parameters:
        """The numbers for a training: those of the day it was completed.

        Where the law has ended by then, those of the class's first day: what began under the law is finished
        under it (O06). Raises ``NoLawInForce`` where neither day lies within the law.
        """
        ended = not self.evaluation.in_force.covers(completed_on)
        return self.parameters_on(class_started_on if ended else completed_on)

    def parameters_on(self, day: date) -> Parameters:
        """The numbers on a civil day. Raises ``NoLawInForce`` outside the law (O06)."""
        values = self.evaluation.on(day)
        return Parameters(
            pass_mark=values["pass_mark"].value,
            retakes=values["retakes"].value,
            retake_months=values["retake_months"].value,
            dispute_days=values["dispute_days"].value,
            recheck_difference=values["recheck_difference"].value,
        )

    def reasons_on(self, day: date) -> Mapping[str, RevocationReason]:
        """The reasons of revocation by code; none before the law."""
        if not self.revocation.in_force.covers(day):
            return MappingProxyType({})
        value = self.revocation.on(day)["revocation_reasons"].value
        return MappingProxyType({code: _reason(code, fields) for code, fields in value.items()})


def _reason(code: str, fields: Mapping[str, Any]) -> RevocationReason:
    ground = fields["exit_ground"]
    if ground not in (_NO_GROUND, *get_args(ExitGround)):
        raise ValueError(f"revocation reason {code}: {ground!r} is no ground of B11")
    return RevocationReason(
        code,
        Text(fields["zh"], fields["en"]),
        None if ground == _NO_GROUND else cast("ExitGround", ground),
        fields.get("evaluated_anew", False),
    )
