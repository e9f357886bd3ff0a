"""The settings of training-svc; nothing else here reads the environment."""

from chuangpei.settings import CommonSettings


class Settings(CommonSettings):
    """What all services need, and nothing of its own yet."""
