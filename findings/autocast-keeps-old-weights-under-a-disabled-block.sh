#!/usr/bin/env bash
# torch 2.13.0, on the CPU.
#
# A forward pass in an autocast block of its own computes with a 16-bit copy of each weight. One would expect
# that the copy goes when that block ends, and that an outer block with enabled=False, documented as switching
# autocast off, changes nothing. But copies are kept until the *outermost* block ends, whether it is enabled or
# not: under a disabled outer block, every inner block after the first uses the weights of the first.
#
# Fails if that ever changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6

"$folder/env/bin/python" - <<'PYTHON'
from contextlib import nullcontext

import torch

print("torch", torch.__version__)


def outputs(outer):
    """What a layer of weight 1, 2, 3 gives for an input of 1, each time in an autocast block of its own."""
    layer = torch.nn.Linear(1, 1, bias=False)
    seen = []
    with outer:
        for weight in (1.0, 2.0, 3.0):
            with torch.no_grad():
                layer.weight.fill_(weight)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                seen.append(layer(torch.ones(1, 1)).item())
    return seen


alone = outputs(nullcontext())
within = outputs(torch.autocast("cpu", dtype=torch.bfloat16, enabled=False))
without = outputs(torch.autocast("cpu", dtype=torch.bfloat16, enabled=False, cache_enabled=False))
print("no outer block:                               ", alone)
print("a disabled outer block:                       ", within)
print("a disabled outer block, cache_enabled=False:  ", without)
assert alone == [1.0, 2.0, 3.0]
assert within == [1.0, 1.0, 1.0]
assert without == [1.0, 2.0, 3.0]
PYTHON
