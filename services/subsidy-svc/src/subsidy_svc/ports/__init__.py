"""Facts that others own (外部事实): the business registry and the account registry."""
