"""Probes of lesson 08: all of this may enter a kernel. None of it looks into a cache."""
