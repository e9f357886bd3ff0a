"""subsidy-svc (补贴服务): claim windows, claims, public notice, payment batches, recoveries."""
