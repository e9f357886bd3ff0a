"""What tests of any package may ask for: servers, databases, properties that a busy machine cannot fail."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["chuangpei.testing.servers", "chuangpei.testing.databases", "chuangpei.testing.browser"]

# Slow is no failure here. Where every run must answer alike the examples are the same each time.
settings.register_profile(
    "busy", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
# For a long run of one's own: pytest --hypothesis-profile=thorough services/subsidy-svc/tests/any_order
settings.register_profile(
    "thorough", settings.get_profile("busy"), max_examples=200, stateful_step_count=30, derandomize=False
)
settings.load_profile("busy")
