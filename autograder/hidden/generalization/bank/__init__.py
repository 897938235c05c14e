"""Misconceptions of lesson 07, and how its probes are observed: never enters a kernel."""
