"""The pages on which anybody objects, and reads by the receipt what became of it (异议页; S09, D04)."""

import re
from collections.abc import Mapping
from hashlib import sha256

from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.idempotency import once
from chuangpei.input_errors import field_errors
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.pages.forms import Form, PostedFile, posted
from chuangpei.problems import BODY_TOO_LARGE
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from subsidy_svc.attachments.schemas import FileQuery
from subsidy_svc.attachments.transfer import keep
from subsidy_svc.notices.pages import PATH as NOTICES
from subsidy_svc.notices.pages import Shown, notice_at, shown
from subsidy_svc.objections import evidence, filing, repository
from subsidy_svc.objections.lifecycle import UNDECIDED, State
from subsidy_svc.objections.public_routes import with_receipt
from subsidy_svc.objections.receipt import digest_of
from subsidy_svc.objections.schemas import ObjectionBody, ObjectionStatus
from subsidy_svc.pages import PAGES
from subsidy_svc.pages.words import day, message, no_such_page, reason_of, too_often
from subsidy_svc.problems import NOTICE_CLOSED
from subsidy_svc.service import of
from subsidy_svc.supplements.schemas import Subject

PATH = "/subsidy/objection"
_FORM_BYTES = 65_536
_FIELDS = ("text", "name", "contact")
_UNKNOWN = Text(
    "未找到该回执，请核对后重新输入", "There is no such receipt; please compare and type it again"
)
_NO_FILE = Text("请选择文件", "Choose a file")
_STATES: Mapping[State, Text] = {
    State.RECEIVED: Text("已收到，待受理", "Received"),
    State.ACCEPTED: Text("已受理", "Taken up"),
    State.INVESTIGATING: Text("核查中", "Being investigated"),
    State.NOT_ACCEPTED: Text("不予受理", "Not taken up"),
    State.UPHELD: Text("异议成立", "Upheld"),
    State.DISMISSED: Text("异议不成立", "Dismissed"),
    State.LAPSED: Text("已终结：该申领已因其他原因终止", "Lapsed: the claim ended for another reason"),
}

router = APIRouter(tags=["异议页面 · pages of objections"], default_response_class=HTMLResponse)


def _described(*names: str) -> dict[str, object]:
    fields = {name: {"type": "string"} for name in names}
    schema = {"schema": {"type": "object", "properties": fields}}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": schema}}}


@router.get(NOTICES + "/{notice_id}/objection", summary="提出异议页 · The page to object")
async def objection_form(request: Request, notice_id: str) -> Response:
    """A form for what is objected, and for a name and a contact if one likes (S09)."""
    row = await notice_at(request, notice_id)
    if row is None:
        return no_such_page(request)
    notice = shown(row, of(request).clock.today())
    if not notice.takes_objections:
        return message(request, Refusal(NOTICE_CLOSED))
    return _form(request, notice, {}, {})


@router.post(
    NOTICES + "/{notice_id}/objection",
    summary="提交异议 · Object",
    openapi_extra=_described(*_FIELDS, "key"),
)
async def object_on_page(request: Request, notice_id: str) -> Response:
    """The claim is held from now on, and the receipt is shown; the form sent again shows the same (S09)."""
    service = of(request)
    row = await notice_at(request, notice_id)
    if row is None:
        return no_such_page(request)
    notice, form = shown(row, service.clock.today()), await posted(request, _FORM_BYTES)
    if form is None:
        return message(request, Refusal(BODY_TOO_LARGE))
    allowance = service.public.ask(request)
    if not allowance.granted:
        return too_often(request, allowance)
    given = {name: form.text(name) for name in _FIELDS}
    try:
        body = ObjectionBody.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        return _form(request, notice, given, _by_field(error))
    key = _key(form, body.model_dump_json().encode())
    try:
        answer = await once(
            service.database,
            request,
            filing.PUBLIC,
            key,
            body,
            lambda tx: filing.object_to(tx, service, notice.id, body),
        )
    except Refused as refused:
        return message(request, refused.refusal)
    filed = with_receipt(service, answer)
    return PAGES.answer(
        request, "receipt.html", 201, receipt=filed.receipt, due_on=day(filed.due_on), notice=notice
    )


@router.get(PATH, summary="异议查询页 · The page to ask by a receipt")
async def receipt_form(request: Request) -> Response:
    """A form for the receipt: it is posted, for an address is logged (S09)."""
    return PAGES.answer(request, "objection.html", found=None, error=None)


@router.post(
    PATH,
    summary="凭回执查询或补充证据 · Ask by the receipt, add evidence",
    openapi_extra=_described("receipt", "key", "file"),
)
async def ask_by_receipt(request: Request) -> Response:
    """What became of the objection; with a file, that is added to its evidence first (S09)."""
    service = of(request)
    allowance = service.public.ask(request)
    if not allowance.granted:
        return too_often(request, allowance)
    law = service.law.on(service.clock.today())
    form = await posted(request, law.objections.evidence_max_bytes + _FORM_BYTES)
    if form is None:
        return PAGES.answer(request, "objection.html", 413, found=None, error=BODY_TOO_LARGE.title)
    receipt = form.text("receipt")
    row = await repository.by_receipt(service.database, digest_of(receipt))
    if row is None:
        return PAGES.answer(request, "objection.html", 404, found=None, error=_UNKNOWN)
    file, problem = form.files.get("file"), None
    if file is not None:
        problem = await _add(request, row, form, file)
    found = await filing.status(service, receipt)
    assert not isinstance(found, Refusal), "the receipt was found just now"
    return _status(request, receipt, found, form, problem)


async def _add(request: Request, row: Row, form: Form, file: PostedFile) -> Text | None:
    """Adds a file to the evidence; what stands in its way is told beside the field."""
    service = of(request)
    if not file.content:
        return _NO_FILE
    if len(file.content) > await evidence.max_bytes(service, row):
        return BODY_TOO_LARGE.title
    query = FileQuery(name=_plain(file.name), subject=Subject.OTHER)
    try:
        giver, home = evidence.objector(row["id"]), evidence.home_of(row["id"])
        await keep(request, giver, _key(form, file.content), query, home, file.content)
    except Refused as refused:
        return reason_of(refused.refusal)
    return None


def _form(request: Request, notice: Shown, given: Mapping[str, str], errors: Mapping[str, Text]) -> Response:
    status = 422 if errors else 200
    return PAGES.answer(
        request,
        "object.html",
        status,
        notice=notice,
        given={name: given.get(name, "") for name in _FIELDS},
        errors=errors,
        key=new_id(),
    )


def _status(
    request: Request, receipt: str, found: ObjectionStatus, form: Form, problem: Text | None
) -> Response:
    decided_at = found.decided_at
    return PAGES.answer(
        request,
        "objection.html",
        422 if problem else 200,
        found=found,
        state=_STATES[found.state],
        undecided=found.state in UNDECIDED,
        received_on=day(found.received_at.astimezone(SHANGHAI).date()),
        decided_on=day(decided_at.astimezone(SHANGHAI).date()) if decided_at else None,
        due_on=day(found.due_on),
        receipt=receipt,
        added="file" in form.files and problem is None,
        error=problem,
        key=new_id(),
    )


def _by_field(error: ValidationError) -> dict[str, Text]:
    """The first thing wrong with each field."""
    errors = field_errors([{**one, "loc": ("body", *one["loc"])} for one in error.errors()])
    return {one.pointer.removeprefix("/"): one.text for one in reversed(errors)}


def _key(form: Form, content: bytes) -> str:
    """The form's own key with what it was sent with: the same sent again is one, something else another."""
    return f"{form.text('key')[:100]}-{sha256(content).hexdigest()}"


def _plain(name: str) -> str:
    """A file's name as it may be kept, whatever a browser sends."""
    return re.sub(r"[\x00-\x1f/\\]", "_", name)[-120:] or "file"
