"""Institutions as the API takes and shows them."""

from datetime import date
from uuid import UUID

from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.inputs import CreditCodeText, DistrictCode, Name
from training_svc.policy.organisers import InstitutionKind


class NewInstitution(Body):
    """An institution (培训机构) to register."""

    credit_code: CreditCodeText
    name: Name = Field(examples=["上海示例职业技能培训学校"])
    district: DistrictCode
    kind: InstitutionKind = Field(examples=["private_training_institution"])
    address: str = Field(min_length=1, max_length=200, examples=["浦东新区示例路1号"])


class InstitutionView(BaseModel):
    """A registered institution."""

    id: UUID
    credit_code: str
    name: str
    district: str
    kind: InstitutionKind
    address: str
    registered_on: date
    version: int
