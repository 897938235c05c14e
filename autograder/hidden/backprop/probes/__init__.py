"""Probes of lesson 02: all of this may enter a kernel. None of it looks into a cache."""
