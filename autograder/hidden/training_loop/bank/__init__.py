"""Misconceptions of lesson 10, and what its right answers share: never enters a kernel."""
