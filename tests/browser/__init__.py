"""A package, so that its modules can share a browser: see conftest.py."""
