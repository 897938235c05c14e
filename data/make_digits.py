"""Write data/digits.npz: scikit-learn's handwritten digits, as they are.

    pip install '.[data]' && python data/make_digits.py

The file is the same, byte for byte, at each run: not compressed, and `np.savez` stores no time.
"""

import hashlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parent / "digits.npz"


def main() -> None:
    """Export, and print the checksum that data/README.md and the tests name."""
    digits = load_digits()
    x = digits.images.astype(np.uint8)
    if not np.array_equal(x, digits.images):
        raise SystemExit("the levels are no longer whole numbers from 0 to 16")
    np.savez(TARGET, x=x, y=digits.target.astype(np.int64))
    print(hashlib.sha256(TARGET.read_bytes()).hexdigest(), TARGET.name)


if __name__ == "__main__":
    main()
