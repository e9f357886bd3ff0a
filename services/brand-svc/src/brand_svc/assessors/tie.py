"""What ties a person to an institution (利害关系)."""

from brand_svc.named import Named


class TieKind(Named):
    """任职 · 授课 · 其他利害关系."""

    EMPLOYED = "employed", "任职"
    TAUGHT = "taught", "授课"
    INTEREST = "interest", "其他利害关系"
