"""One submission: its cells run in a sealed kernel, its exercises judged, the result kept."""
