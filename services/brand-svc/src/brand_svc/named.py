"""States and steps that people read: a code for the API and a name in Chinese."""

from enum import StrEnum


class Named(StrEnum):
    """An enumeration whose members are written ``CODE = "code", "中文名"``."""

    zh: str

    def __new__(cls, code: str, zh: str = "") -> "Named":
        """The member is its code; ``zh`` is how refusals call it. A look-up gives the code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        return member
