"""Tests of the application, without Wijkoverleg: `python3 -m unittest`."""
