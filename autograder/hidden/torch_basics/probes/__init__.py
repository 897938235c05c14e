"""Probes of lesson 09: all of this may enter a kernel."""
