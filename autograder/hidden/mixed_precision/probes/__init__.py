"""Probes of lesson 12: all of this may enter a kernel."""
