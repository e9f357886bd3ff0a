"""The refusals that only subsidy-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

NOT_ELIGIBLE = Problem(
    "not_eligible", 422, Text("不符合申领条件", "The conditions of the subsidy are not met")
)
REGISTRY_ANSWER_NEEDED = Problem(
    "registry_answer_needed",
    409,
    Text("登记系统尚未答复，不能审核通过", "Nothing is approved before the registries have answered"),
)
ACCOUNTS_AWAY = Problem(
    "accounts_unavailable",
    503,
    Text("社保卡账户系统暂时无法查询", "The account registry cannot be asked just now"),
)
OWN_CLAIM = Problem(
    "own_claim",
    409,
    Text("不得办理本人的申领", "Nobody reviews a claim of their own"),
)
TAKEN_BY_ANOTHER = Problem(
    "taken_by_another",
    409,
    Text("该件已由他人领取", "Another officer has taken this case"),
)
NOT_TAKEN = Problem("not_taken", 409, Text("该件无人领取", "Nobody has taken this case"))
SUPPLEMENT_RUNNING = Problem(
    "supplement_not_due",
    409,
    Text("补正期限未届满，不能不予受理", "The person may still give what was asked for"),
)
SUPPLEMENTS_USED_UP = Problem(
    "supplements_used_up",
    409,
    Text("补正次数已用完", "No further supplement may be asked for"),
)
PLACE_TAKEN = Problem(
    "place_taken",
    409,
    Text("名额已被其他申领占用，不能恢复", "Another claim has taken the place meanwhile"),
)
CERTIFICATE_REVOKED = Problem(
    "certificate_revoked", 409, Text("合格证书已撤销", "The certificate has been revoked")
)
FILES_AWAY = Problem(
    "files_unavailable",
    503,
    Text("附件存储暂时不可用", "The store of attachments cannot be reached just now"),
)
ATTACHMENTS_FULL = Problem(
    "attachments_full", 409, Text("附件数量已达上限", "There are all the files there may be")
)
ATTACHMENT_DAMAGED = Problem(
    "attachment_damaged",
    500,
    Text("附件内容与上传时不一致", "The stored file is not what was attached"),
)
DRAFT_LIVE = Problem(
    "draft_live", 409, Text("该证书已有一份草稿", "There is a draft for this certificate already")
)
CASE_KNOWN = Problem(
    "case_number_used", 409, Text("该办件编号已有申领", "There is a claim of this case number already")
)
BUSY = Problem(
    "busy",
    503,
    Text("同时办理的申请过多，请稍后再试", "Too many applications at once; please try again"),
)
NOTICE_CLOSED = Problem(
    "notice_closed",
    409,
    Text("公示期已结束，不再受理异议", "The notice has closed; objections are no longer taken"),
)
NOT_INVESTIGATED = Problem(
    "not_investigated",
    409,
    Text("尚无核查记录，不能决定", "Nothing of the investigation is on record to decide by"),
)
NOTHING_TO_PAY = Problem(
    "nothing_to_pay", 409, Text("没有可以支付的申领", "No cleared claim is waiting to be paid")
)
DRAFT_EXISTS = Problem(
    "draft_exists", 409, Text("本区已有未封存的批次", "The district has a batch not sealed yet")
)
BUDGET_SET = Problem(
    "budget_set", 409, Text("该资金已下达预算，请办理调整", "The fund has a budget; amend it instead")
)
BUDGET_EXCEEDED = Problem("budget_exceeded", 409, Text("超出预算余额", "More than the budget has left"))
NOT_AS_SEALED = Problem(
    "not_as_sealed",
    409,
    Text("批次内容与封存时不一致，已停止办理", "The lines are not what was sealed; the batch is stopped"),
)
FINDING_WAITS = Problem(
    "finding_waits", 409, Text("该笔已有待确认的核实结果", "A finding about this line waits to be confirmed")
)
MORE_THAN_OWED = Problem("more_than_owed", 409, Text("超出尚欠金额", "More than is still owed"))
FINDING_STANDS = Problem(
    "finding_stands",
    409,
    Text("该申领已有待确认或已确认的责任认定", "A finding about this claim waits, or stands"),
)
BANK_FILE_REFUSED = Problem(
    "bank_file_refused",
    422,
    Text("银行回盘文件整体未导入", "The bank's file was refused as a whole; nothing was changed"),
)
NO_LAW_IN_FORCE = Problem(
    "no_law_in_force", 422, Text("该日期不在文件有效期内", "No rules are in force on that day")
)
FACTS_NOT_KEPT = Problem(
    "facts_not_kept",
    409,
    Text("该申领提交时未留存事实，不能重新审核", "No facts were kept when this claim was submitted"),
)
PROPOSAL_REFUSED = Problem(
    "proposal_refused", 422, Text("该调整不符合规定", "The proposal asks what may not be changed so")
)
LAW_CHANGED = Problem(
    "law_changed",
    409,
    Text("试算后已有新的规定发布，请重新试算", "The law was changed since the trial; run it again"),
)
