"""Misconceptions of lesson 01: never enters a kernel."""
