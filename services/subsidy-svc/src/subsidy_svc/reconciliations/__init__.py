"""Daily reconciliation (对账): decisions, ledger and bank, to the fen."""
