"""Payment batches (支付批次)."""
