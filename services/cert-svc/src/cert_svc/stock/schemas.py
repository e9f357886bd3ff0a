"""What the API takes and shows of blank certificates."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from chuangpei.database import Row
from chuangpei.events.cert import CertificateKind
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from cert_svc.stock.blank import Blank, Holder, Range, serial_of
from cert_svc.stock.lifecycle import State

MOST_AT_ONCE = 100_000
Prefix = Annotated[
    str, Field(pattern="^[A-Z]{1,6}$", description="编号字头 · letters of the serial", examples=["HG"])
]
Number = Annotated[int, Field(ge=1, le=99_999_999, strict=True)]
Move = Literal["receive", "allot", "return", "print", "issue", "spoil"]
_BACKWARDS = Text(
    f"末号应不小于首号，一次至多{MOST_AT_ONCE}份", f"From first to last, {MOST_AT_ONCE} at most"
)
_ONE_HOLDER = Text("应填写区或评价机构之一", "Give either a district or an evaluation body")


class SerialRange(Body):
    """Serials of one prefix, both ends included, at most 100,000."""

    prefix: Prefix
    first_number: Number
    last_number: Number

    @field_validator("last_number")
    @classmethod
    def _forwards(cls, last: int, info: ValidationInfo) -> int:
        first = info.data.get("first_number")
        if first is not None and not first <= last < first + MOST_AT_ONCE:
            raise InvalidText(_BACKWARDS)
        return last

    @property
    def serials(self) -> Range:
        """The range."""
        return Range(self.prefix, self.first_number, self.last_number)


class NewReceipt(SerialRange):
    """What the printer delivered (入库): kind and serials, by whom and by which delivery note."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "training_qualification",
                    "prefix": "HG",
                    "first_number": 1,
                    "last_number": 500,
                    "printer": "上海印钞有限公司",
                    "delivery_note": "2026-0018",
                }
            ]
        }
    )

    kind: CertificateKind
    printer: Name
    delivery_note: Name


class RangeMove(SerialRange):
    """A range that goes to a holder, or comes back from one: a district's centre, or an evaluation body."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"prefix": "HG", "first_number": 1, "last_number": 200, "district": "310115"}]
        }
    )

    # Before the district, whose check looks at it.
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    district: DistrictCode | None = Field(default=None, validate_default=True)
    note: Note | None = None

    @field_validator("district")
    @classmethod
    def _one_holder(cls, district: str | None, info: ValidationInfo) -> str | None:
        if "body_id" in info.data and (district is None) == (info.data["body_id"] is None):
            raise InvalidText(_ONE_HOLDER)
        return district

    @property
    def holder(self) -> Holder:
        """Who keeps the range after it, or did before."""
        return Holder(self.district, self.body_id)


class PrintBody(Body):
    """Which certificate is printed on the blank (打印)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"certificate_number": "SH2026H56SDTZKS60A"}]})

    certificate_number: str = Field(min_length=1, max_length=64)


class HandOver(Body):
    """That it was handed to its holder (发放), and a note where another came for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "本人持身份证领取"}]})

    note: Note | None = None


class Spoiling(Body):
    """Why a blank can be used no more (作废)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "打印偏移"}]})

    reason: Note


class NewTaking(Body):
    """What was counted with a holder (盘点); without district and body, in the city's store."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "training_qualification", "district": "310115", "counted": 198, "note": "季度盘点"}
            ]
        }
    )

    kind: CertificateKind
    # Before the district, whose check looks at it.
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    district: DistrictCode | None = None
    counted: int = Field(ge=0, le=100_000_000, strict=True, description="实盘份数 · sheets that were found")
    note: Note

    @field_validator("district")
    @classmethod
    def _one_holder(cls, district: str | None, info: ValidationInfo) -> str | None:
        if district is not None and info.data.get("body_id") is not None:
            raise InvalidText(_ONE_HOLDER)
        return district

    @property
    def holder(self) -> Holder:
        """With whom was counted."""
        return Holder(self.district, self.body_id)


class BlankFilters(ListQuery):
    """What the list of blanks may be narrowed to, and its orders."""

    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    state: State | None = Field(default=None, description="状态 · state")
    district: DistrictCode | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    receipt_id: UUID | None = Field(default=None, description="入库批次 · receipt")
    prefix: Prefix | None = None
    first_number: int | None = Field(default=None, ge=1, le=99_999_999)
    last_number: int | None = Field(default=None, ge=1, le=99_999_999)
    certificate_id: UUID | None = Field(default=None, description="证书 · certificate")
    sort: Literal["serial", "-serial"] = "serial"


class BlankPage(BlankFilters, PageQuery):
    """A page of the blanks."""


class BlankExport(BlankFilters, ExportQuery):
    """The blanks as a file."""


class ReceiptFilters(ListQuery):
    """What the list of receipts may be narrowed to, and its orders."""

    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    prefix: Prefix | None = None
    sort: Literal["id", "-id"] = "-id"


class ReceiptPage(ReceiptFilters, PageQuery):
    """A page of the receipts."""


class ReceiptExport(ReceiptFilters, ExportQuery):
    """The receipts as a file."""


class MoveFilters(ListQuery):
    """What the ledger of moves may be narrowed to, and its orders."""

    move: Move | None = Field(default=None, description="流转 · move")
    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    district: DistrictCode | None = None
    moved_since: datetime | None = None
    moved_until: datetime | None = None
    sort: Literal["id", "-id"] = "-id"


class MovePage(MoveFilters, PageQuery):
    """A page of the ledger."""


class MoveExport(MoveFilters, ExportQuery):
    """The ledger as a file."""


class TakingFilters(ListQuery):
    """What the list of stock-takings may be narrowed to, and its orders."""

    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    district: DistrictCode | None = None
    different: bool | None = Field(default=None, description="账实不符 · counted other than booked")
    sort: Literal["id", "-id"] = "-id"


class TakingPage(TakingFilters, PageQuery):
    """A page of the stock-takings."""


class TakingExport(TakingFilters, ExportQuery):
    """The stock-takings as a file."""


class ReceiptView(BaseModel):
    """What was received at one time (入库批次)."""

    id: UUID
    kind: CertificateKind
    first_serial: str = Field(examples=["HG00000001"])
    last_serial: str = Field(examples=["HG00000500"])
    quantity: int
    printer: str
    delivery_note: str
    received_at: datetime
    received_by: str


class RangeView(BaseModel):
    """A range that was moved."""

    kind: CertificateKind
    first_serial: str
    last_serial: str
    quantity: int
    district: str | None
    body_id: UUID | None


class BlankView(BaseModel):
    """One blank certificate (空白证书): with whom, in which state, and what is printed on it."""

    serial: str = Field(examples=["HG00000001"])
    kind: CertificateKind
    state: State
    receipt_id: UUID
    district: str | None
    body_id: UUID | None
    certificate_id: UUID | None
    edition: int | None
    issued_to: str | None = Field(description="领证人脱敏姓名 · masked name", examples=["张*"])
    issued_on: date | None
    spoil_reason: str | None
    version: int

    @classmethod
    def of(cls, blank: Blank) -> Self:
        """The view of a blank."""
        return cls(**{name: getattr(blank, name) for name in cls.model_fields})


class MoveView(BaseModel):
    """One move of a serial or a range (流转记录): what, from where to where, when, by whom and why."""

    at: datetime
    move: Move
    kind: CertificateKind
    first_serial: str
    last_serial: str
    quantity: int
    from_state: State | None
    to_state: State
    from_district: str | None
    from_body_id: UUID | None
    to_district: str | None
    to_body_id: UUID | None
    certificate_id: UUID | None
    edition: int | None
    actor: str
    role: str
    reason: str | None


class CountView(BaseModel):
    """How many blanks of a kind one holder has in one state; without district and body, the city's store."""

    kind: CertificateKind
    district: str | None
    body_id: UUID | None
    state: State
    quantity: int


class BalanceView(BaseModel):
    """The account of a kind: received = in stock + allotted + printed + issued + spoiled."""

    kind: CertificateKind
    received: int
    in_stock: int
    allotted: int
    printed: int
    issued: int
    spoiled: int
    balanced: bool


class StockView(BaseModel):
    """The stock by kind, holder and state; the accounts of the whole city, for who sees it all."""

    counts: list[CountView]
    balances: list[BalanceView] | None


class TakingView(BaseModel):
    """A stock-taking (盘点): what was found beside what was booked; ``difference`` is found less booked."""

    id: UUID
    kind: CertificateKind
    district: str | None
    body_id: UUID | None
    counted: int
    booked: int
    difference: int
    note: str
    taken_at: datetime
    taken_by: str


def spanned(row: Row | Mapping[str, Any]) -> dict[str, object]:
    """The first serial, the last and how many, of a row with a range."""
    serials = Range(row["prefix"], row["first_number"], row["last_number"])
    return {
        "first_serial": serial_of(serials.prefix, serials.first),
        "last_serial": serial_of(serials.prefix, serials.last),
        "quantity": serials.quantity,
    }
