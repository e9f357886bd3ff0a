"""Budgets as the API takes and shows them. Money is integer fen (D11)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.ledger.chart import FundLine

_MOST_FEN = 10**15
_FIRST_YEAR, _LAST_YEAR = 2026, 2100


class NewBudget(Body):
    """What a district may pay of one fund line in one year (预算指标), by which document."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "district": "310115",
                    "fund_line": "stage_3_subsidy",
                    "fund_year": 2026,
                    "amount_fen": 1_800_000_00,
                    "document_number": "沪财社〔2026〕8号",
                    "reason": "年初预算下达",
                }
            ]
        }
    )

    district: DistrictCode
    fund_line: FundLine = FundLine.STAGE_3_SUBSIDY
    fund_year: int = Field(description="资金年度 · fund year", ge=_FIRST_YEAR, le=_LAST_YEAR)
    amount_fen: int = Field(gt=0, le=_MOST_FEN, description="金额，分 · fen")
    document_number: Name = Field(description="预算文号 · document of the budget")
    reason: Reason


class BudgetAmendment(Body):
    """Another amount (预算调整): not below what is payable or paid already."""

    amount_fen: int = Field(ge=0, le=_MOST_FEN, description="调整后金额，分 · fen after it")
    document_number: Name = Field(description="调整文号 · document of the amendment")
    reason: Reason


class BudgetFilters(ListQuery):
    """What the budgets may be narrowed to."""

    district: DistrictCode | None = None
    fund_line: FundLine | None = None
    fund_year: int | None = Field(default=None, ge=_FIRST_YEAR, le=_LAST_YEAR)
    sort: Literal[
        "id", "-id", "fund_year", "-fund_year", "district", "-district", "amount_fen", "-amount_fen"
    ] = "id"


class BudgetPage(BudgetFilters, PageQuery):
    """A page of budgets."""


class BudgetExport(BudgetFilters, ExportQuery):
    """Budgets as a file."""


class BudgetView(BaseModel):
    """A budget (预算) beside what is committed, payable and paid; ``left_fen`` may still be sealed."""

    id: UUID
    district: str
    fund_line: FundLine
    fund_year: int
    amount_fen: int
    committed_fen: int
    payable_fen: int
    paid_fen: int
    left_fen: int
    document_number: str
    reason: str
    set_at: datetime
    set_by: str
    version: int


def budget_view(row: Row) -> BudgetView:
    """The view of a budget with what the ledger says of its fund."""
    shown = {name: row[name] for name in BudgetView.model_fields if name != "left_fen"}
    return BudgetView(**shown, left_fen=row["amount_fen"] - row["drawn_fen"])
