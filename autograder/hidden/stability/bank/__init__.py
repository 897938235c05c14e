"""Misconceptions of lesson 11, and what its right answers share: never enters a kernel."""
