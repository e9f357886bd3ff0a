"""The refusals that only brand-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

NO_INSTITUTION = Problem(
    "no_institution_in_token",
    403,
    Text("登录身份未关联机构", "The token stands for no institution"),
)
UNKNOWN_INSTITUTION = Problem(
    "unknown_institution",
    422,
    Text("该机构尚未登记", "The institution is not registered"),
)
NOT_ELIGIBLE = Problem("not_eligible", 422, Text("不符合规定的条件", "The conditions are not met"))
ALREADY_APPLIED = Problem(
    "already_applied", 409, Text("本轮已申报", "The institution has applied in this round")
)
ROUND_UNDER_WAY = Problem(
    "round_under_way",
    409,
    Text("上一轮遴选尚未公布，不能另开一轮", "Another round has not been published yet"),
)
NOT_ACCEPTING = Problem(
    "not_accepting_applications",
    409,
    Text("本轮当前不接受申报", "The round accepts no applications now"),
)
TOO_EARLY = Problem("too_early", 409, Text("尚未到公告的日期", "The announced day has not come yet"))
NOT_RECOMMENDED = Problem(
    "not_recommended",
    422,
    Text(
        "只能审议本轮经区推荐的申报和评估达标的品牌",
        "Only applications recommended and brands that passed in this round can be chosen",
    ),
)
RUBRIC_EXISTS = Problem(
    "rubric_exists", 409, Text("已有此版本号的评分规则", "A rubric with this label exists")
)
RUBRIC_FROZEN = Problem(
    "rubric_frozen",
    409,
    Text(
        "已有轮次采用该评分规则，不能再更改", "A round is scored by this rubric: it is not changed any more"
    ),
)
RUBRIC_NOT_FIT = Problem(
    "rubric_not_in_force",
    422,
    Text("该评分规则不适用于本轮", "The rubric does not hold for this round"),
)
SCORING_BEGUN = Problem(
    "scoring_begun",
    409,
    Text(
        "本轮评分已开始，不能再更换评分规则", "The round is being scored: its rubric is not changed any more"
    ),
)
NO_RUBRIC = Problem("no_rubric", 409, Text("本轮尚未选定评分规则", "No rubric has been chosen for the round"))
NOT_SETTLED = Problem(
    "not_settled",
    409,
    Text("评分尚未评定，评定前不予显示", "The score is not settled, and not shown before"),
)
ASSESSOR_EXISTS = Problem(
    "assessor_exists", 409, Text("该人员已在评审专家库中", "The person is in the pool of assessors")
)
OWN_INTEREST = Problem(
    "own_interest",
    403,
    Text("与该机构有利害关系，应当回避", "Who has an interest in the institution does not decide on it"),
)
BRAND_OVER = Problem("brand_over", 409, Text("该品牌已不再有效", "The brand is no longer in force"))
NOT_ASSESSED = Problem(
    "not_assessed",
    409,
    Text("有参评品牌区尚未评估，不能审议", "Districts have not assessed every brand that takes part"),
)
PASSED_LEFT_OUT = Problem(
    "passed_left_out",
    422,
    Text("评估达标的品牌应予保留", "A brand that passed its assessment is kept"),
)
RANKING_INCOMPLETE = Problem(
    "ranking_incomplete", 409, Text("尚有评分未评定，不能公布排名", "Not every subject is settled yet")
)
HEARING_RUNS = Problem(
    "hearing_runs",
    409,
    Text("陈述申辩期限未满，机构尚未答复", "The institution has not answered, and may do so still"),
)
NO_BRAND_ANY_MORE = Problem(
    "no_brand_any_more", 409, Text("该机构已不持有品牌", "The institution holds no brand any more")
)
ANOTHER_CASE_OPEN = Problem(
    "another_case_open", 409, Text("同一情形另有未结案件", "Another case on the ground is not decided yet")
)
