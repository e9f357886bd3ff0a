"""The settings of training-svc; nothing else here reads the environment."""

from chuangpei.settings import CommonSettings


class Settings(CommonSettings):
    """What all services need, and where the business registry is."""

    registry_url: str
    port_timeout_seconds: float = 5.0
