"""Facts that others own (外部事实), asked for through ports that more than one service uses."""
