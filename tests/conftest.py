"""Settings shared by all tests."""

import matplotlib
from hypothesis import settings

matplotlib.use("Agg")

# The same examples in every run: a failure is then due to the change at hand.
# To search for new ones: pytest --hypothesis-profile=default
settings.register_profile("book", derandomize=True)
settings.load_profile("book")
