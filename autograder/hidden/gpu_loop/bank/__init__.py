"""Misconceptions of lesson 13, and what its right answers share: never enters a kernel."""
