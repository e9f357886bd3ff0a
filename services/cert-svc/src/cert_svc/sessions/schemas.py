"""Evaluation sessions as the API takes and shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode, Instant, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, Field

from cert_svc.sessions.lifecycle import State
from cert_svc.sessions.session import EvaluationSession

MOST_CANDIDATES = 500

Place = Annotated[
    str,
    Field(
        min_length=2,
        max_length=200,
        examples=["浦东新区张江路100号三楼305室"],
        description="评价地点 · where it is held",
    ),
]
Capacity = Annotated[int, Field(ge=1, le=MOST_CANDIDATES, description="可容纳考生数 · places", examples=[30])]


def _each_once(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


EvaluatorIds = Annotated[
    tuple[UUID, ...],
    Field(
        min_length=1,
        max_length=20,
        description="评价人员名册中的人员 · evaluators of the body's roster",
        examples=[["01977777-7777-7777-8777-777777777777"]],
    ),
    AfterValidator(_each_once),
]


class NewSession(Body):
    """An evaluation session (评价场次): a body evaluates a project at a place, within one day."""

    body_id: UUID = Field(description="评价机构 · evaluation body")
    project_code: Code = Field(examples=["CY3-IYB"])
    district: DistrictCode
    place: Place
    starts_at: Instant = Field(examples=["2026-06-15T09:00:00+08:00"])
    ends_at: Instant = Field(examples=["2026-06-15T11:30:00+08:00"])
    capacity: Capacity
    evaluator_ids: EvaluatorIds


class SessionAmendment(Body):
    """What changed about a session that is to come, and why; what is not given stays."""

    place: Place | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    capacity: Capacity | None = None
    evaluator_ids: EvaluatorIds | None = None
    reason: Reason


class Cancelling(Body):
    """Why a session does not take place (取消)."""

    reason: Note = Field(examples=["场地停电"])


class NewPresence(Body):
    """Whether a candidate came (到场), and what is to be said of it."""

    present: bool
    note: str = Field(default="", max_length=500, examples=["因病缺席"])


class CandidatePresence(NewPresence):
    """Whether one of several candidates came."""

    candidate_id: UUID


class Closing(Body):
    """Who came and who did not, of the candidates for whom that is not recorded yet."""

    presences: tuple[CandidatePresence, ...] = Field(default=(), max_length=MOST_CANDIDATES)


class SessionFilters(ListQuery):
    """What the list of sessions may be narrowed to, and its orders."""

    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    project_code: Code | None = Field(default=None, description="培训项目 · project")
    district: DistrictCode | None = None
    state: State | None = None
    starts_from: Instant | None = None
    starts_until: Instant | None = None
    sort: Literal["id", "-id", "starts_at", "-starts_at"] = "id"


class SessionPage(SessionFilters, PageQuery):
    """A page of the sessions."""


class SessionExport(SessionFilters, ExportQuery):
    """The sessions as a file."""


class SessionView(BaseModel):
    """A session; ``has_begun`` is whether it has at the moment of the answer."""

    id: UUID
    body_id: UUID
    project_code: str
    district: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    candidates: int = Field(description="考生数 · candidates on it")
    state: State
    has_begun: bool
    cancel_reason: str | None
    version: int

    @classmethod
    def of(cls, session: EvaluationSession, now: datetime) -> Self:
        """The view of a session at the instant ``now``."""
        own = {name: getattr(session, name) for name in SessionView.model_fields if name != "has_begun"}
        return cls(**own, has_begun=session.has_begun(now))


class SessionEvaluatorView(BaseModel):
    """Who evaluates at a session, the name masked."""

    evaluator_id: UUID
    masked_name: str = Field(examples=["王*"])


class SessionDetail(SessionView):
    """A session with who evaluates at it, which its candidates are not shown."""

    evaluators: list[SessionEvaluatorView] | None = None

    @classmethod
    def with_evaluators(cls, session: EvaluationSession, now: datetime, evaluators: Sequence[Row]) -> Self:
        """The view of a session and its evaluators."""
        detail = cls.of(session, now)
        detail.evaluators = [SessionEvaluatorView(**dict(row)) for row in evaluators]
        return detail
