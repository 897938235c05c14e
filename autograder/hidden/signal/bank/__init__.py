"""Misconceptions of lesson 04, and how its probes are observed: never enters a kernel."""
