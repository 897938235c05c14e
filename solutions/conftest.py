"""What nbval's kernels inherit: no backend for files (Agg, common in CI), which shows no figures."""

import os

os.environ.pop("MPLBACKEND", None)
