"""What the API takes and shows of evaluations."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.policy.parameters import Parameters
from cert_svc.policy.rules import last_retake_day


class ScoreBody(Body):
    """A score in whole points (评分) and what the evaluator has to say of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"score": 82, "comment": "商业计划书完整"}]})

    score: Annotated[StrictInt, Field(ge=0, le=100, description="0–100 分 · points")]
    comment: str = Field(default="", max_length=2000)


class EvaluationView(BaseModel):
    """One attempt (考核评价). ``passed`` is null until confirmed, ``retake_until`` unless failed."""

    id: UUID
    enrolment_id: UUID
    class_id: UUID
    attempt: int = Field(description="1 为首次，其后为补考 · 1 is the first, later ones are retakes")
    state: State
    institution: InstitutionRef
    project: ProjectRef
    trainee: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    standard_version: str
    completed_on: date
    pass_mark: int
    opened_at: datetime
    score: int | None
    comment: str | None
    scored_by: str | None
    evaluated_on: date | None
    passed: bool | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    certificate_number: str | None
    retakes_left: int | None
    retake_until: date | None
    version: int

    @classmethod
    def of(cls, evaluation: Evaluation, certificate_number: str | None, parameters: Parameters) -> Self:
        """The view of an evaluation, with the certificate it led to and the numbers of its training (D12)."""
        completion, given, confirmation = evaluation.completion, evaluation.score, evaluation.confirmation
        failed = confirmation is not None and not confirmation.passed
        return cls(
            id=evaluation.id,
            enrolment_id=completion.enrolment_id,
            class_id=completion.class_id,
            attempt=evaluation.attempt,
            state=evaluation.state,
            institution=completion.institution,
            project=completion.project,
            trainee=completion.person.masked_name,
            standard_version=completion.standard_version,
            completed_on=completion.completed_on,
            pass_mark=evaluation.pass_mark,
            opened_at=evaluation.opened_at,
            score=given.points if given else None,
            comment=given.comment if given else None,
            scored_by=given.by.subject if given else None,
            evaluated_on=given.evaluated_on if given else None,
            passed=confirmation.passed if confirmation else None,
            confirmed_by=confirmation.by.subject if confirmation else None,
            confirmed_at=confirmation.at if confirmation else None,
            certificate_number=certificate_number,
            retakes_left=max(0, parameters.retakes - evaluation.attempt + 1) if failed else None,
            retake_until=last_retake_day(completion.completed_on, parameters.retake_months)
            if failed
            else None,
            version=evaluation.version,
        )
