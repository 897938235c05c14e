"""Probes of lesson 14: all of this may enter a kernel."""
