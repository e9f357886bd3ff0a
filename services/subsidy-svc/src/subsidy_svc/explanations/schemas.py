"""What the API shows of an explanation."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.web import FindingView
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.timeline import Step
from subsidy_svc.recoveries.lifecycle import State as RecoveryState


class Sentence(BaseModel):
    """One sentence in both languages (说明)."""

    zh: str
    en: str


class RecoveryOutline(BaseModel):
    """What of a paid subsidy is to be paid back (追回情况); ``due_on`` once it is demanded."""

    state: RecoveryState
    owed_yuan: str
    document: str | None
    due_on: date | None


class Explanation(BaseModel):
    """A claim in plain words (办理说明): what was decided, by which article, what to do next, until when.

    ``until`` is the day by which the next step is taken, by the person or by the office as ``next_step``
    says; null where none is set. ``where`` is where the person acts; null where there is nothing to do. The
    holder and the account are masked, money is in yuan as people read it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "claim_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c0aa",
                    "written_at": "2026-06-08T01:00:00Z",
                    "state": "noticed",
                    "holder": "张*",
                    "certificate_number": "SH2026H56SDTZKS60A",
                    "institution_name": "申城创业培训学校",
                    "project_name": "改善企业管理",
                    "enterprise_name": "上海申创科技有限公司",
                    "office": {"zh": "浦东新区", "en": "Pudong New Area"},
                    "amount_yuan": "1800.00",
                    "submitted_at": "2026-06-01T01:00:00Z",
                    "decided": {"zh": "审核通过，补贴1800.00元，现予公示。", "en": "Approved: 1800.00 yuan."},
                    "article": "本项目决定 D04",
                    "reason": None,
                    "missing": [],
                    "next_step": {"zh": "您无须办理。", "en": "Wait."},
                    "until": "2026-06-12",
                    "where": None,
                    "recovery": None,
                    "policy_version": "3f9a1c0b7d52",
                    "findings": [],
                    "steps": [],
                }
            ]
        }
    )

    claim_id: UUID
    written_at: datetime
    state: State
    holder: str
    certificate_number: str
    institution_name: str
    project_name: str
    enterprise_name: str | None
    office: Sentence = Field(description="审核区 · the reviewing district")
    amount_yuan: str
    submitted_at: datetime
    decided: Sentence
    article: str
    reason: str | None
    missing: list[str] = Field(description="待补正事项 · what is to be given")
    next_step: Sentence
    until: date | None
    where: Sentence | None = Field(description="办理渠道 · where to do it")
    recovery: RecoveryOutline | None
    policy_version: str
    findings: list[FindingView]
    steps: list[Step]


class ExplanationLink(BaseModel):
    """A short-lived link to the page of one claim's explanation (办理说明链接), good without signing in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "/subsidy/explanations/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5In0.5sXf",
                    "good_until": "2026-06-08T01:10:00Z",
                }
            ]
        }
    )

    path: str = Field(description="同源路径，可加 ?lang=zh 或 en · below the platform's origin")
    good_until: datetime
