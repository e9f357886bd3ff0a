"""How a class, or an institution that applies, is measured by the numbers of a standard (T05, T07)."""

from datetime import date

from chuangpei.kernel.dated import InForce
from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.facts import Standard
from training_svc.policy.findings import finding


def law_covers(law: InForce, day: date, text: Text) -> Finding:
    """O06: the document is in force on the day."""
    return finding("O06", law.covers(day), day, f"{law.first}/{law.last or ''}", text)


def project_stands(retired: bool) -> Finding:
    """T01: a retired project (已停用) takes no new class and no application."""
    text = Text("项目应未停用", "The project is not retired")
    return finding("T01", not retired, "retired" if retired else "active", "active", text)


def project_is_of_the_district(project_district: str | None, district: str) -> Finding | None:
    """T02: a district project (区级项目) is for the institutions of its district."""
    if project_district is None:
        return None
    text = Text("区级项目由本区机构开展", "A district project is for institutions of its district")
    return finding("T02", project_district == district, district, project_district, text)


def class_size(rule: str, trainees: int, standard: Standard) -> Finding:
    """T05: at most the standard's class size (班额)."""
    text = Text("班级名额应不超过标准班额", "The capacity is at most the standard's class size")
    most = standard.max_class_size
    return finding(rule, trainees <= most, trainees, f"≤ {most}", text)


def instructor_ratio(rule: str, trainees: int, instructors: int, standard: Standard) -> Finding | None:
    """T05: enough instructors (师资配比) for the trainees, where the standard says how many."""
    each = standard.trainees_per_instructor
    if each is None:
        return None
    text = Text("每名讲师的学员数应不超过标准", "There are instructors enough for the trainees")
    return finding(rule, trainees <= each * instructors, f"{trainees}/{instructors}", f"≤ {each}/1", text)


def room_size(rule: str, trainees: int, square_decimetres: int, standard: Standard) -> Finding | None:
    """T05: room enough (场地面积) for the trainees, in square decimetres, where the standard asks."""
    each = standard.square_decimetres_per_trainee
    if each is None:
        return None
    needed = each * trainees
    text = Text(
        "教室面积应达到标准（平方分米）", "The room is as large as the standard asks (square decimetres)"
    )
    return finding(rule, square_decimetres >= needed, square_decimetres, f"≥ {needed}", text)
