"""Misconceptions of lesson 06: never enters a kernel."""
