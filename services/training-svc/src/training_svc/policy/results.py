"""Which revoked certificates say that a training had no result (T08): pure."""

HARMLESS_REVOCATIONS = frozenset({"clerical_error", "holder_request"})
"""登记有误, 持证人申请: reasons that say nothing against the training; 文件未定，本平台决定."""


def makes_void(reason_code: str) -> bool:
    """Whether a certificate revoked for this reason leaves no result behind, as after fraud."""
    return reason_code not in HARMLESS_REVOCATIONS
