"""Probes of lesson 04: all of this may enter a kernel. None of it looks into a cache."""
