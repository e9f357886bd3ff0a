"""The servers that tests of any package may ask for."""

pytest_plugins = ["chuangpei.testing.servers"]
