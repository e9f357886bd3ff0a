"""Follow-ups as the API shows them."""

from typing import Any, TypeVar

from chuangpei.database import Row
from chuangpei.export import Column
from chuangpei.kernel.refusals import Text
from pydantic import BaseModel

from training_svc.follow_ups.repository import Whole
from training_svc.follow_ups.schemas import (
    BusinessView,
    CheckView,
    DueView,
    FiguresView,
    FollowUpSummary,
    FollowUpView,
    MyFollowUpView,
    ServiceView,
    TradingView,
)
from training_svc.follow_ups.statistics import Figures

V = TypeVar("V", bound=BaseModel)

FOLLOW_UP_COLUMNS: tuple[Column[FollowUpSummary], ...] = (
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("证件号码", "Id number"), lambda one: one.id_number),
    Column(Text("电话", "Phone"), lambda one: one.phone),
    Column(Text("班级", "Class"), lambda one: one.class_name),
    Column(Text("机构", "Institution"), lambda one: one.institution_name),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("项目", "Project"), lambda one: one.project_code),
    Column(Text("结业日期", "Completed on"), lambda one: one.completed_on),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("需要帮扶", "Help wanted"), lambda one: one.help_wanted),
)
DUE_COLUMNS: tuple[Column[DueView], ...] = (
    Column(Text("应核查日期", "Due on"), lambda one: one.due_on),
    Column(Text("核查内容", "Kind"), lambda one: one.kind),
    Column(Text("月数", "Months"), lambda one: one.months),
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("电话", "Phone"), lambda one: one.phone),
    Column(Text("创业组织", "Business"), lambda one: one.business_name),
    Column(Text("班级", "Class"), lambda one: one.class_name),
    Column(Text("机构", "Institution"), lambda one: one.institution_name),
    Column(Text("区", "District"), lambda one: one.district),
)


def figure_columns(months: tuple[int, ...]) -> tuple[Column[FiguresView], ...]:
    """The columns of the figures, those of each check among them."""
    return (
        Column(Text("分组", "Group"), lambda one: one.group),
        Column(Text("名称", "Name"), lambda one: one.name),
        Column(Text("结业人数", "Completed"), lambda one: one.completed),
        Column(Text("应创业人数", "Could open"), lambda one: one.could_open),
        Column(Text("半年内开业", "Opened in time"), lambda one: one.opened_in_time),
        Column(Text("半年内开业率%", "Opened percent"), lambda one: one.opened_percent),
        Column(Text("开业人数", "Opened"), lambda one: one.opened),
        Column(Text("带动就业", "Jobs"), lambda one: one.jobs),
        *(column for month in months for column in _trading_columns(month)),
    )


def _trading_columns(months: int) -> tuple[Column[FiguresView], ...]:
    def of(one: FiguresView) -> TradingView | None:
        return next((trading for trading in one.trading if trading.months == months), None)

    def checked(one: FiguresView) -> int:
        found = of(one)
        return found.checked if found else 0

    def trading(one: FiguresView) -> int:
        found = of(one)
        return found.trading if found else 0

    return (
        Column(Text(f"{months}个月核查数", f"Checked after {months} months"), checked),
        Column(Text(f"{months}个月持续经营", f"Trading after {months} months"), trading),
    )


def summary(row: Row) -> FollowUpSummary:
    """A follow-up in a list."""
    return FollowUpSummary.model_validate(_person(row))


def due(row: Row) -> DueView:
    """A check that is due."""
    return DueView.model_validate(dict(row) | {"name": row["masked_name"], "phone": row["masked_phone"]})


def view(whole: Whole) -> FollowUpView:
    """A follow-up with everything kept of it."""
    return FollowUpView.model_validate(_person(whole.row) | _parts(whole))


def my_view(whole: Whole) -> MyFollowUpView:
    """A follow-up as the trainee sees it."""
    return MyFollowUpView.model_validate(dict(whole.row) | _parts(whole))


def figures(one: Figures) -> FiguresView:
    """The figures of a group with their percentages."""
    return FiguresView(
        group=one.group,
        name=one.name,
        completed=one.completed,
        could_open=one.could_open,
        opened_in_time=one.opened_in_time,
        opened_percent=_percent(one.opened_in_time, one.could_open),
        opened=one.opened,
        jobs=one.jobs,
        jobs_per_opened=one.jobs // one.opened if one.opened else None,
        trading=[
            TradingView(
                months=part.months,
                checked=part.checked,
                trading=part.trading,
                percent=_percent(part.trading, part.checked),
            )
            for part in one.trading
        ],
    )


def _person(row: Row) -> dict[str, Any]:
    return dict(row) | {
        "name": row["masked_name"],
        "id_number": row["masked_id_number"],
        "phone": row["masked_phone"],
    }


def _parts(whole: Whole) -> dict[str, Any]:
    return {
        "businesses": _all(BusinessView, whole.businesses),
        "checks": _all(CheckView, whole.checks),
        "services": _all(ServiceView, whole.services),
    }


def _all(kind: type[V], rows: list[Row]) -> list[V]:
    return [kind.model_validate(dict(row)) for row in rows]


def _percent(part: int, whole: int) -> int | None:
    return part * 100 // whole if whole else None
