"""Probes of lesson 07: all of this may enter a kernel. None of it judges what came out."""
