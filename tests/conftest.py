"""Settings shared by all tests."""

import matplotlib
from hypothesis import HealthCheck, settings

matplotlib.use("Agg")

# The same examples in every run, however long they take on a busy machine: a
# failure is then due to the change at hand.
# To search for new ones: pytest --hypothesis-profile=default
settings.register_profile(
    "book",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("book")
