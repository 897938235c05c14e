"""Misconceptions of lesson 05, and how its probes are observed: never enters a kernel."""
