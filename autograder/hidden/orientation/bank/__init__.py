"""Misconceptions of lesson 00: never enters a kernel."""
