"""The ledger (账簿) of the subsidy's money, in double entry."""
