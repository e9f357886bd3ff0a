"""A busy machine is no failure: properties have no deadline in milliseconds here."""

from hypothesis import settings

settings.register_profile("kernel", deadline=None)
settings.load_profile("kernel")
