"""Misconceptions of lesson 03: never enters a kernel."""
