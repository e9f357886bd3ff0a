"""Feedback of trainees over HTTP: asked by the organiser, answered by whoever has the link."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked, Listing
from chuangpei.paging import ListQuery, Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Path, Query, Request, Response

from training_svc.classes import repository as classes
from training_svc.feedback import repository, use_cases
from training_svc.feedback.results import COMMENTS
from training_svc.feedback.schemas import (
    AskedView,
    CommentExport,
    CommentPage,
    CommentView,
    LinkExport,
    LinkPage,
    LinkView,
    MyLinks,
    NewAnswer,
    QuestionView,
    RoundView,
)
from training_svc.feedback.tokens import hash_of
from training_svc.policy.feedback import questions_on
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]
Trainee = Annotated[Principal, Allow(Role.CITIZEN)]
Token = Annotated[str, Path(max_length=100, description="一次性链接中的令牌 · the token of the link")]

_LINK_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("学员", "Trainee"), lambda row: row["masked_name"]),
    Column(Text("证件号码", "Id number"), lambda row: row["masked_id_number"]),
    Column(Text("发起日期", "Asked on"), lambda row: row["opened_on"]),
    Column(Text("最后评价日", "Last day"), lambda row: row["last_day"]),
)
_COMMENT_COLUMNS: tuple[Column[Row], ...] = (Column(Text("意见建议", "Comment"), lambda row: row["comment"]),)

router = APIRouter(prefix="/training/v1", tags=["学员评价 · feedback"])


@router.post(
    "/classes/{class_id}/feedback-links",
    status_code=201,
    response_model=RoundView,
    summary="发起学员评价 · Ask the trainees",
)
async def ask_trainees(
    request: Request, class_id: UUID, key: IdempotencyKey, principal: Organiser
) -> Response:
    """Makes a one-time link for each trainee of a class that has ended; else a timer does (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> RoundView | Refusal:
        opened = await use_cases.ask(tx, service, principal, class_id)
        return opened if isinstance(opened, Refusal) else _round(opened)

    return await once(service.database, request, principal, key, None, act)


@router.get("/classes/{class_id}/feedback", response_model=RoundView, summary="查询学员评价 · Read a round")
async def read_round(request: Request, class_id: UUID, principal: Reader) -> Response:
    """How many were asked and until when; how many answered once that may be shown (T06)."""
    await _seen(request, class_id, principal)
    found = await repository.one(of(request).database, class_id)
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_round(found))


@router.get("/classes/{class_id}/feedback-links", summary="已邀请评价学员 · List who was asked")
async def list_links(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[LinkPage, Query()]
) -> Page[LinkView]:
    """Who was asked, masked; not whether they answered, let alone what (T06)."""
    asked = await _asked(request, class_id, principal, repository.INVITATIONS, query)
    return await repository.INVITATIONS.page(of(request).database, asked, query, _link)


@router.get(
    "/classes/{class_id}/feedback-links/export",
    summary="导出已邀请评价学员 · Export who was asked",
    responses=EXPORT_RESPONSES,
)
async def export_links(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[LinkExport, Query()]
) -> Response:
    """Who was asked, masked, as a file (T06)."""
    asked = await _asked(request, class_id, principal, repository.INVITATIONS, query)
    rows = repository.INVITATIONS.all_rows(of(request).database, asked)
    return await export(request, "feedback-links", _LINK_COLUMNS, rows, query.format)


@router.get("/classes/{class_id}/feedback-comments", summary="学员意见 · List a class's comments")
async def list_comments(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[CommentPage, Query()]
) -> Page[CommentView]:
    """The comments of a class whose results are shown, in random order (T06)."""
    asked = await _asked(request, class_id, principal, COMMENTS, query)
    return await COMMENTS.page(
        of(request).database, asked, query, lambda row: CommentView(comment=row["comment"])
    )


@router.get(
    "/classes/{class_id}/feedback-comments/export",
    summary="导出学员意见 · Export a class's comments",
    responses=EXPORT_RESPONSES,
)
async def export_comments(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[CommentExport, Query()]
) -> Response:
    """The comments of a class whose results are shown, as a file (T06)."""
    asked = await _asked(request, class_id, principal, COMMENTS, query)
    rows = COMMENTS.all_rows(of(request).database, asked)
    return await export(request, "feedback-comments", _COMMENT_COLUMNS, rows, query.format)


@router.get("/my/feedback-links", summary="我的评价链接 · My feedback links")
async def list_my_links(request: Request, principal: Trainee) -> MyLinks:
    """The citizen's own one-time links that may be used now; they come whole, for they are few (T06)."""
    return MyLinks(items=await use_cases.links_of(of(request), principal))


@router.get("/feedback/{token}", response_model=AskedView, summary="查看评价项 · Read what a link asks")
async def read_asked(request: Request, token: Token) -> Response:
    """What the link asks, without signing in; a wrong, spent or late token is not there (T06)."""
    service = of(request)
    async with service.database.transaction() as tx:
        asked = await repository.asked(tx, hash_of(token), service.clock.today())
    if asked is None:
        raise Refused(Refusal(NOT_FOUND))
    questions = questions_on(service.law, asked["starts_on"])
    view = AskedView(
        class_name=asked["class_name"],
        institution_name=asked["institution_name"],
        last_day=asked["last_day"],
        questions=[QuestionView(code=one.code, zh=one.text.zh, en=one.text.en) for one in questions],
    )
    return reply(view)


@router.post("/feedback/{token}", status_code=204, summary="提交学员评价 · Answer")
async def answer(request: Request, token: Token, body: NewAnswer) -> Response:
    """Answers once, without signing in; nothing joins the answer to the person (T06)."""
    service = of(request)
    async with service.database.transaction() as tx:
        accepted(await use_cases.answer(tx, service, token, body))
    return Response(status_code=204)


async def _seen(request: Request, class_id: UUID, principal: Principal) -> None:
    if await classes.summary(of(request).database, class_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))


async def _asked(
    request: Request, class_id: UUID, principal: Principal, listing: Listing, query: ListQuery
) -> Asked:
    await _seen(request, class_id, principal)
    return asked_by(principal, listing, query, class_id=class_id)


def _round(row: Row) -> RoundView:
    return RoundView.model_validate({name: row[name] for name in RoundView.model_fields})


def _link(row: Row) -> LinkView:
    return LinkView(
        enrolment_id=row["id"],
        name=row["masked_name"],
        id_number=row["masked_id_number"],
        opened_on=row["opened_on"],
        last_day=row["last_day"],
    )
