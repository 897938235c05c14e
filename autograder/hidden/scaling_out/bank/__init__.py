"""Misconceptions of lesson 14, and what its right answers share: never enters a kernel."""
