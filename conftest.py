"""The servers and databases that tests of any package may ask for."""

pytest_plugins = ["chuangpei.testing.servers", "chuangpei.testing.databases"]
