"""Probes of lesson 16: all of this may enter a kernel."""
