"""What a person can do about a condition that is not met (办理提示)."""

from collections.abc import Mapping, Sequence

from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy import enterprise_rules, rules
from subsidy_svc.policy.findings import Rule

ADVICE: Mapping[Rule, Text] = {
    rules.certificate_under_this_law: Text(
        "该证书不在本政策有效期内颁发，不能申领",
        "The certificate was not issued under this law and cannot be claimed",
    ),
    rules.certificate_stands: Text(
        "证书已撤销，不能申领；对撤销有异议的，请联系颁发证书的评价机构",
        "A revoked certificate cannot be claimed; ask the body that issued it if you disagree",
    ),
    rules.within_window: Text(
        "须在申领期内申请；申领期已过的不能申领",
        "Apply on a day of the claim window; once it is over, no claim is possible",
    ),
    enterprise_rules.enterprise_is_of_shanghai: Text(
        "请核对统一社会信用代码；须为本市存续的创业组织",
        "Check the credit code: the enterprise must be an active one of Shanghai",
    ),
    enterprise_rules.started_within_years: Text(
        "基准日须在创业组织登记之日起的年限内；登记日期有误的，请先向登记机关更正",
        "Too old an enterprise on the reference day; have a wrong registration corrected first",
    ),
    enterprise_rules.holds_a_role: Text(
        "基准日须已登记为法定代表人、负责人或持股合伙人；登记有误的，请先向登记机关更正",
        "You must have been registered in a role on the reference day; have a wrong registration corrected",
    ),
    rules.once_per_project: Text(
        "该项目已有一笔申领；该笔撤回或未通过后方可再次申请",
        "The project has a claim already; another is possible only once that one was withdrawn or refused",
    ),
    rules.within_number_of_subsidies: Text(
        "享受次数已满，不能再申领", "All places are taken; no further claim is possible"
    ),
    rules.account_is_the_persons_own: Text(
        "请激活社会保障卡金融账户，或填写本人名下的其他账户并说明原因",
        "Activate the account of the social-security card, or name another of your own with the reason",
    ),
}
"""By the rule that fails; a rule that never fails needs none."""


def missing(findings: Sequence[Finding]) -> list[tuple[Finding, Text]]:
    """The conditions that a decision found not met, each with what can be done about it."""
    return [
        (finding, ADVICE[rule])
        for rule, finding in zip(rules.RULES, findings, strict=True)
        if finding.outcome is Outcome.FAILED
    ]
