"""The settings of brand-svc; the only place that reads the environment."""

from chuangpei.settings import CommonSettings
from pydantic import Field


class Settings(CommonSettings):
    """What this service is told beyond what all are.

    ``reports_per_minute`` is how often one address may report or ask of reports, at each API process.
    """

    reports_per_minute: int = Field(10, ge=1, le=1_000_000_000)
