"""Misconceptions of lesson 12, and what its right answers share: never enters a kernel."""
