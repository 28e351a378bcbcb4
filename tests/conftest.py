"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Time is for the benchmarks: a machine that is busy with something else must not fail a test.
settings.register_profile("gatepost", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gatepost")
