#!/usr/bin/env bash
# torch 2.13.0, on the CPU.
#
# A step that GradScaler skips should leave the weights and the optimizer as they were. With SGD, momentum and
# fused=True that holds for every step but the first: if the first is skipped, the momentum buffer is allocated and
# never written, and the next step takes what lies in that memory for the velocity. The plain and the foreach
# implementation don't make the buffer until a step is taken, and give the weights that one expects; so does
# fused=True without momentum, or when a later step is skipped.
#
# Fails if that ever changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6

"$folder/env/bin/python" - <<'PYTHON'
import torch

print("torch", torch.__version__)
SIZE, INF = 1000, float("inf")


def weights(gradients, momentum=0.9, **implementation):
    """Every weight begins at 0. The smallest and the largest of them after steps with these gradients, lr = 1."""
    used_before = [torch.full((SIZE,), 7.0) for _ in range(100)]
    del used_before  # so that memory that nobody writes isn't 0
    weight = torch.nn.Parameter(torch.zeros(SIZE))
    optimizer = torch.optim.SGD([weight], lr=1.0, momentum=momentum, **implementation)
    scaler = torch.amp.GradScaler("cpu", init_scale=1.0)
    for gradient in gradients:
        scaler.scale(torch.zeros(()))
        weight.grad = torch.full((SIZE,), gradient)
        scaler.step(optimizer)
        scaler.update(1.0)
    return weight.min().item(), weight.max().item()


plain = weights([INF, 1.0], foreach=False)
foreach = weights([INF, 1.0], foreach=True)
without = weights([INF, 1.0], momentum=0.0, fused=True)
later = weights([1.0, INF, 1.0], fused=True)
first = weights([INF, 1.0], fused=True)
print("first step skipped, plain:                   ", plain)
print("first step skipped, foreach:                 ", foreach)
print("first step skipped, fused, no momentum:      ", without)
print("second step skipped, fused:                  ", later)
print("first step skipped, fused:                   ", first, "(differs from run to run)")
assert plain == foreach == without == (-1.0, -1.0)
assert abs(later[0] + 2.9) < 1e-6 and later[0] == later[1]
assert first != (-1.0, -1.0)
PYTHON
