"""The refusals that only cert-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

REFUSED_BY_RULE = Problem("refused_by_rule", 422, Text("按规定不能办理", "The rules do not allow this"))
REAL_NAME_REQUIRED = Problem(
    "real_name_required",
    403,
    Text("评价人员须实名登录", "An evaluator must be signed in with a real-name identity"),
)
BODY_EXISTS = Problem(
    "evaluation_body_exists",
    409,
    Text(
        "任期与该机构的另一任期、或其评价人员在他处的任期重叠",
        "The term overlaps with another of the body, or of its evaluators elsewhere",
    ),
)
EVALUATOR_EXISTS = Problem(
    "evaluator_exists",
    409,
    Text("此人在同一期间已是评价人员", "This person is an evaluator during that term already"),
)
NUMBER_REPLACED = Problem(
    "number_replaced",
    409,
    Text("该编号已换发，请用现行编号办理", "This number was replaced; use the one in force"),
)
EVALUATOR_BUSY = Problem(
    "evaluator_busy",
    409,
    Text("评价人员在同一时间另有场次", "An evaluator is at another session at that time"),
)
CANDIDATE_BUSY = Problem(
    "candidate_busy",
    409,
    Text("考生在同一时间另有场次", "A candidate is at another session at that time"),
)
CANDIDATE_SCORED = Problem(
    "candidate_scored", 409, Text("场次中已有考生被评分", "A candidate of the session has been scored")
)
PRESENCE_MISSING = Problem(
    "presence_missing",
    409,
    Text("须登记每名考生是否到场", "It must be recorded of each candidate whether they came"),
)
SEATED_ELSEWHERE = Problem(
    "seated_elsewhere",
    409,
    Text("该考生已另安排场次", "The candidate has been put on another session meanwhile"),
)
NOT_ON_PAPER = Problem(
    "not_on_paper",
    422,
    Text(
        "证书上有字库没有的字，不能制成存档 PDF；其他形式的电子凭证不受影响",
        "The certificate has a character without a printed form, so there is no archival PDF of it;"
        " its other carriers are good",
    ),
)
NOTHING_TO_CONFIRM = Problem(
    "nothing_to_confirm",
    404,
    Text("没有您可以确认的待确认成绩", "There is no score that you could confirm"),
)
TOO_MANY_TO_CONFIRM = Problem(
    "too_many_to_confirm", 409, Text("一次至多确认500人", "At most 500 are confirmed at once")
)
BLANKS_RECEIVED_BEFORE = Problem(
    "blanks_received_before",
    409,
    Text("号段内有已入库的编号", "Some of these serials were received before"),
)
NOT_ALL_THERE = Problem(
    "not_all_there",
    409,
    Text("号段内有不在该处或已使用的编号", "Not every serial of the range is there, unused"),
)
EDITION_ON_ANOTHER_BLANK = Problem(
    "edition_on_another_blank",
    409,
    Text("该证书的现行版次已打印在另一份空白证书上", "This edition is printed on another blank"),
)
PAPER_DOES_NOT_HOLD = Problem(
    "paper_does_not_hold",
    409,
    Text("证书已换发或撤销", "The certificate was reissued or revoked"),
)
NOTHING_TO_DRAW = Problem(
    "nothing_to_draw",
    404,
    Text("没有可抽取的评价", "There is no evaluation to draw from"),
)
DRAWN_MEANWHILE = Problem(
    "drawn_meanwhile",
    409,
    Text("另一次抽取刚刚完成，请重新抽取", "Another draw was made just now; please draw again"),
)
NOT_THE_CHECKER = Problem(
    "not_the_checker", 403, Text("该复核未分派给您", "The re-check was not given to you")
)
