"""Misconceptions of lesson 15, and what its right answers share: never enters a kernel."""
