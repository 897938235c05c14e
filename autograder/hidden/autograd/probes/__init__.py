"""Probes of lesson 03: all of this may enter a kernel."""
