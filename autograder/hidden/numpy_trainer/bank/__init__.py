"""Misconceptions of lesson 08, and how its probes are observed: never enters a kernel."""
