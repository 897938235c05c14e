"""Probes of lesson 00: all of this may enter a kernel."""
