"""Signs of risk of claims (风险提示): they inform an officer and decide nothing."""
