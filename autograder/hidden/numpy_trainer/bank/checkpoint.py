"""Mistakes in saving and loading a run."""

from __future__ import annotations

from autograder.api import Bank

KEY = "save_checkpoint__load_checkpoint"
WRITTEN = (
    '        with aside.open("wb") as file:\n'
    "            np.savez(file, **arrays)\n"
    "            file.flush()\n"
    "            os.fsync(file.fileno())  # the content is on the disk before the name is\n"
    "        aside.replace(path)\n"
)
STRAIGHT = '        with path.open("wb") as file:\n            np.savez(file, **arrays)\n'
LOADED = (
    "    optimizer.load_state_dict(state)  # the last that can refuse; it changes nothing then\n"
)
GENERATOR = "    rng.bit_generator.state = generator\n"


def declare(bank: Bank) -> None:
    _left_out(bank)
    _writing(bank)


def _left_out(bank: Bank) -> None:
    bank.edit(
        KEY,
        "optimizer_left_out",
        "The optimizer's state is not restored, so that a resumed run starts with empty "
        "velocities. Its losses look right, and not one step is the same.",
        (LOADED, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "generator_left_out",
        "The generator goes on from wherever it was, so that a resumed run sees other batches "
        "and other masks. Its state belongs in the checkpoint: rng.bit_generator.state.",
        (GENERATOR, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "half_of_the_generator",
        "Only the two large numbers of the generator are restored. It also keeps half of a draw "
        "for the next small integer: save its whole state.",
        (
            GENERATOR,
            "    whole = rng.bit_generator.state\n"
            '    rng.bit_generator.state = {**whole, "state": generator["state"]}\n',
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "generator_reseeded",
        "The generator is seeded with the epoch when a run is loaded. That can be repeated, but "
        "it is not what the uninterrupted run would have drawn.",
        (
            GENERATOR,
            "    rng.bit_generator.state = np.random.default_rng(epoch).bit_generator.state\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "single_precision",
        "The arrays are saved as float32 and lose half of their digits. A resumed run stays "
        "close, and is not the same: save them as they are.",
        (
            "        arrays[name] = value\n",
            "        value = value.astype(np.float32) if value.dtype == np.float64 else value\n"
            "        arrays[name] = value\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "rounded_numbers",
        "The numbers of the optimizer's state are rounded on their way through text. JSON keeps "
        "all digits of a float; a format with six does not.",
        (
            '    return {"plain": value}',
            '    return {"plain": float(f"{value:.6g}") if isinstance(value, float) else value}',
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "next_epoch",
        "The epoch comes back one higher than it was saved. The contract returns it as saved; "
        "which one comes next is the caller's business.",
        ("    return epoch\n", "    return epoch + 1\n"),
    )
    bank.edit(
        KEY,
        "empty_things_lost",
        "Empty lists and dicts are left out when the state is flattened, and are missing when it "
        "is put together again. An optimizer that has not stepped yet may well have some.",
        (
            '        return {"dict": {key: pack(item, arrays) for key, item in value.items()}}',
            "        full = {k: v for k, v in value.items() "
            "if not (isinstance(v, (dict, list, tuple)) and len(v) == 0)}\n"
            '        return {"dict": {key: pack(item, arrays) for key, item in full.items()}}',
        ),
        about="anything",
    )


def _writing(bank: Bank) -> None:
    bank.edit(
        KEY,
        "suffix_appended",
        "np.savez is given the path itself, and appends .npz where that has no such suffix, so "
        "that the file lies elsewhere. Give it an open file: nothing is appended to that.",
        (WRITTEN, "        np.savez(path, **arrays)\n"),
        source="numpy.savez, parameter file",
        about="anything",
    )
    bank.edit(
        KEY,
        "written_in_place",
        "The old file is opened for writing, and from then on it is broken until the new one is "
        "complete. A crash in between costs both: write aside, then rename.",
        (WRITTEN, STRAIGHT),
        about="anything",
    )
    bank.edit(
        KEY,
        "removed_after_a_crash",
        "When writing fails the broken file is removed, but it has replaced the old one by then. "
        "Nothing is left at all. Write aside, then rename: the old one stays until the end.",
        (
            WRITTEN,
            "        try:\n"
            '            with path.open("wb") as file:\n'
            "                np.savez(file, **arrays)\n"
            "        except OSError:\n"
            "            path.unlink()\n"
            "            raise\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "half_file_left",
        "The file is written aside and renamed, but when something fails in between, the half "
        "file stays in the folder. Remove it, whatever happens.",
        ("        aside.unlink(missing_ok=True)\n", "        pass\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "pickled",
        "The state goes into the archive as an object array, which is a pickle: np.load refuses "
        "it without allow_pickle, and loading it may run code. Store text and plain arrays.",
        (
            'arrays["text"] = np.array(json.dumps(pack(run, arrays)))',
            'arrays["text"] = np.array(json.dumps(pack(run, arrays)), dtype=object)',
        ),
        ("with np.load(path, allow_pickle=False) as", "with np.load(path, allow_pickle=True) as"),
        about="anything",
    )
    bank.edit(
        KEY,
        "own_suffix",
        "The file is given another name than the one that was asked for. The contract says "
        "exactly path, with or without a suffix.",
        ("    path = Path(path)\n", '    path = Path(path).with_suffix(".npz")\n'),
        about="anything",
    )
