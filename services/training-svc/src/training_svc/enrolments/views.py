"""Enrolments as the API and its files show them."""

from typing import Any

from chuangpei.database import Row
from chuangpei.export import Column
from chuangpei.kernel.refusals import Text
from chuangpei.web import finding_view

from training_svc.enrolments import repository
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.schemas import (
    EnrolmentView,
    EnterpriseView,
    JudgedEnrolmentView,
    ListedEnrolmentView,
)
from training_svc.enrolments.use_cases import Judged
from training_svc.enterprises.snapshot import Snapshot

COLUMNS: tuple[Column[ListedEnrolmentView], ...] = (
    Column(Text("班级名称", "Class"), lambda one: one.class_name),
    Column(Text("培训机构", "Institution"), lambda one: one.institution_name),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("培训项目", "Project"), lambda one: one.project_code),
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("证件号码", "Id number"), lambda one: one.id_number),
    Column(Text("电话", "Phone"), lambda one: one.phone),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("重点群体", "Priority group"), lambda one: one.priority_group),
    Column(Text("候补顺位", "Place in line"), lambda one: one.place_in_line),
    Column(Text("报名时间", "Enrolled at"), lambda one: one.enrolled_at),
    Column(Text("取得名额时间", "Admitted at"), lambda one: one.admitted_at),
    Column(Text("终止原因", "Ended because"), lambda one: one.end_reason),
    Column(Text("结业日期", "Completed on"), lambda one: one.completed_on),
    Column(Text("出勤课次", "Sessions attended"), lambda one: one.sessions_attended),
    Column(Text("应到课次", "Sessions held"), lambda one: one.sessions_held),
    Column(
        Text("创业组织", "Enterprise"), lambda one: one.enterprise.credit_code if one.enterprise else None
    ),
)


def view_of(one: Enrolment) -> EnrolmentView:
    """An enrolment, masked."""
    return EnrolmentView(**fields_of(one))


def judged_view(judged: Judged) -> JudgedEnrolmentView:
    """An enrolment with its findings, as every answer that judges one shows it."""
    enrolment, findings = judged
    return JudgedEnrolmentView(**fields_of(enrolment), findings=[finding_view(one) for one in findings])


def listed_view(row: Row) -> ListedEnrolmentView:
    """A row of the lists, masked."""
    fields = fields_of(repository.of_row(row))
    return ListedEnrolmentView(
        **fields, class_name=row["class_name"], institution_name=row["institution_name"]
    )


def fields_of(one: Enrolment) -> dict[str, Any]:
    """What every view shows of an enrolment."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "institution_id": one.institution_id,
        "project_code": one.project_code,
        "district": one.district,
        "name": one.person.masked_name,
        "id_number": one.person.masked_id_number,
        "phone": one.masked_phone,
        "state": one.state,
        "priority_group": one.priority.group,
        "place_in_line": one.place_in_line,
        "enrolled_at": one.enrolled_at,
        "admitted_at": one.admitted_at,
        "transferred_from": one.transferred_from,
        "ended_at": one.ended_at,
        "ended_by": one.ended_by,
        "end_reason": one.end_reason,
        "completed_on": one.completed_on,
        "sessions_attended": one.sessions_attended,
        "sessions_held": one.sessions_held,
        "enterprise": enterprise_view(one.enterprise) if one.enterprise else None,
        "version": one.version,
    }


def enterprise_view(one: Snapshot) -> EnterpriseView:
    """A firm as it was told of, and the trainee's part in it."""
    return EnterpriseView(
        credit_code=one.credit_code,
        as_of=one.as_of,
        state=one.state,
        name=one.name,
        registered_on=one.registered_on,
        roles=list(one.roles),
        shareholding_basis_points=one.shareholding_basis_points,
    )
