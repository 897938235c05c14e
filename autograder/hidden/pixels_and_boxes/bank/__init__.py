"""Misconceptions of lesson 17: never enters a kernel."""
