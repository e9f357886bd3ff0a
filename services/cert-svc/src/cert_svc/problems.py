"""The refusals that only cert-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

REFUSED_BY_RULE = Problem("refused_by_rule", 422, Text("按规定不能办理", "The rules do not allow this"))
REAL_NAME_REQUIRED = Problem(
    "real_name_required",
    403,
    Text("评价人员须实名登录", "An evaluator must be signed in with a real-name identity"),
)
