"""Which revoked certificates say that a training had no result (T08): pure."""

HARMLESS_REVOCATIONS = frozenset(
    {"clerical_error", "holder_request", "evaluation_corrected", "evaluation_voided"}
)
"""登记有误, 持证人申请, 成绩更正, 评价作废: they say nothing against the training; 文件未定，本平台决定.

What a corrected or void evaluation leaves is told by its own event.
"""


def makes_void(reason_code: str) -> bool:
    """Whether a certificate revoked for this reason leaves no result behind, as after fraud."""
    return reason_code not in HARMLESS_REVOCATIONS
