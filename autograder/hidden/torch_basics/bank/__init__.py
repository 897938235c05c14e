"""Misconceptions of lesson 09, and what its right answers share: never enters a kernel."""
