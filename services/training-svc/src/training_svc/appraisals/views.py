"""Appraisals as they are shown."""

from chuangpei.database import Row
from chuangpei.web import finding_view

from training_svc.appraisals.repository import appraisal_of
from training_svc.appraisals.schemas import AppraisalView


def view(row: Row) -> AppraisalView:
    """An appraisal in a row of the list, with what the rule finds."""
    findings = appraisal_of(row).decision.findings
    shown = {name: row[name] for name in AppraisalView.model_fields if name not in ("name", "findings")}
    return AppraisalView(name=row["masked_name"], findings=[finding_view(one) for one in findings], **shown)
