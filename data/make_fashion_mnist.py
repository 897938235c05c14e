"""Write data/fashion_mnist.npz: the first images of each class of Fashion-MNIST, as they are.

    apt-get install dataset-fashion-mnist    # or any folder with the four files of the authors
    python data/make_fashion_mnist.py [FOLDER]

10 000 images of the training part and 2 000 of the test part, in the order of the original files.
The arrays are the same at each run; the file's bytes also depend on the version of zlib.
"""

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/datasets/fashion-mnist")
TARGET = Path(__file__).parent / "fashion_mnist.npz"
CLASSES = 10
PARTS = {"train": ("train", 1000), "test": ("t10k", 200)}


def read_idx(path: Path) -> np.ndarray:
    """An array in the IDX format: its number of axes, their lengths (big-endian), bytes."""
    with gzip.open(path) as file:
        content = file.read()
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def first_of_each_class(labels: np.ndarray, count: int) -> np.ndarray:
    """The sorted positions of the first `count` images of every class."""
    return np.sort(
        np.concatenate([np.flatnonzero(labels == label)[:count] for label in range(CLASSES)])
    )


def main(folder: Path) -> None:
    """Export, and print the checksum that data/README.md and the tests name."""
    arrays = {}
    for part, (prefix, count) in PARTS.items():
        images = read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
        chosen = first_of_each_class(labels, count)
        arrays[f"x_{part}"] = images[chosen]
        arrays[f"y_{part}"] = labels[chosen].astype(np.int64)
    np.savez_compressed(TARGET, **arrays)
    print(hashlib.sha256(TARGET.read_bytes()).hexdigest(), TARGET.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
