"""An institution (培训机构) as brand-svc needs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Institution:
    """Its unified social credit code, its name and its district (所在区; B07)."""

    credit_code: str
    name: str
    district: str
