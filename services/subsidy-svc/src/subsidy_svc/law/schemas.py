"""The law as the API shows it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chuangpei.kernel.dated import ParameterBook
from chuangpei.paging import ListQuery
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.review import RISK


class PolicyQuery(ListQuery):
    """The day asked about."""

    on: date | None = Field(default=None, description="日期，默认今天 · the day, today by default")


class ParameterView(BaseModel):
    """One number or choice of the law on that day (参数), with the days on which it holds and its source."""

    name: str
    unit: str
    value: Any
    since: date
    until: date | None
    rule: str
    article: str


class PolicyView(BaseModel):
    """The law in force on a day (现行规定). ``version`` changes when any parameter does.

    ``until`` is the last day on which nothing changes; a change published for a later day begins after it.
    What makes a sign of risk is left out: it grants and refuses nothing, and is not for claimants to know.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2026-06-01",
                    "version": "3f9a1c0b7d52",
                    "until": "2030-12-31",
                    "in_force_from": "2026-01-01",
                    "in_force_to": "2030-12-31",
                    "article": "沪人社规〔2025〕30号 末段",
                    "parameters": [
                        {
                            "name": "subsidy_fen",
                            "unit": "fen",
                            "value": 180000,
                            "since": "2026-01-01",
                            "until": "2030-12-31",
                            "rule": "S02",
                            "article": "沪人社规〔2025〕30号 一(二)",
                        }
                    ],
                }
            ]
        }
    )

    on: date
    version: str
    until: date | None
    in_force_from: date
    in_force_to: date | None
    article: str
    parameters: list[ParameterView]


def policy_view(law: Law, book: ParameterBook, day: date) -> PolicyView:
    """The law of a day on which it is in force."""
    parameters = [
        ParameterView(
            name=name,
            unit=dated.unit,
            value=plain(dated.value),
            since=dated.since,
            until=book.last_day(name, day),
            rule=dated.rule,
            article=dated.article,
        )
        for name, dated in book.on(day).items()
        if not name.startswith(RISK)
    ]
    first, last = law.in_force
    return PolicyView(
        on=day,
        version=law.version,
        until=min((one.until for one in parameters if one.until), default=None),
        in_force_from=first,
        in_force_to=last,
        article=law.articles["in_force"],
        parameters=parameters,
    )


def plain(value: Any) -> Any:
    """A parameter's value as JSON knows it."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
