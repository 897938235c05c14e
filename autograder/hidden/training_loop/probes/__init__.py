"""Probes of lesson 10: all of this may enter a kernel."""
