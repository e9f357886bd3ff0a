"""Facts that others own (外部事实): the account registry."""
