"""The settings of brand-svc; the only place that reads the environment."""

from chuangpei.settings import CommonSettings


class Settings(CommonSettings):
    """brand-svc asks nothing beyond what all services ask."""
