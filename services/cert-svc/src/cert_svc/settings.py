"""The settings of cert-svc; nothing else reads the environment."""

from chuangpei.settings import CommonSettings


class Settings(CommonSettings):
    """What every service is told; this one needs nothing more yet."""
