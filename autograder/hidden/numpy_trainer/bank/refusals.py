"""Mistakes in loading a run, and in refusing to."""

from __future__ import annotations

from autograder.api import Bank

KEY = "save_checkpoint__load_checkpoint"
SHAPES = (
    "    if here != there:\n"
    '        raise ValueError(f"{path} is of another model: {there}, here {here}")\n'
)
FILLED = "    for name, array in params.items():\n        array[...] = saved[name]\n"
LOADED = (
    "    optimizer.load_state_dict(state)  # the last that can refuse; it changes nothing then\n"
)
GENERATOR = "    rng.bit_generator.state = generator\n"
READ = "    saved, state, epoch, generator = read_checkpoint(path)\n"
RAISE = '        raise ValueError(f"{path} is not a whole checkpoint: {error}") from error'


def declare(bank: Bank) -> None:
    _loading(bank)
    _refusing(bank)


def _loading(bank: Bank) -> None:
    bank.edit(
        KEY,
        "arrays_replaced",
        "The dict gets new arrays, and the optimizer still holds the old ones, so that its steps "
        "no longer reach the network. Write into the arrays that are there.",
        (FILLED, "    for name in list(params):\n        params[name] = saved[name]\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "parameters_not_restored",
        "Optimizer and generator are restored, and the parameters stay as they were. Write the "
        "saved values into the given arrays.",
        (FILLED, ""),
        about="anything",
    )


def _refusing(bank: Bank) -> None:
    bank.edit(
        KEY,
        "damage_under_many_names",
        "A damaged file raises whatever the library happens to raise: BadZipFile, KeyError, "
        "EOFError and others. The caller is promised one: turn them into ValueError.",
        (RAISE, "        raise"),
        about="anything",
    )
    bank.edit(
        KEY,
        "missing_is_a_value_error",
        "A file that is not there raises ValueError, like a damaged one. That it is missing is "
        "another thing to know: let FileNotFoundError pass.",
        ("    except FileNotFoundError:\n        raise\n", ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "shapes_not_compared",
        "The saved shapes are not compared with those of params, so that a checkpoint of another "
        "model is loaded in part, or broadcast. Compare all names and shapes first.",
        (SHAPES, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "only_names_compared",
        "The names of the parameters are compared, and their shapes are not: NumPy broadcasts "
        "what fits by accident, and fails half-way where nothing does. Compare both.",
        ("    if here != there:\n", "    if here.keys() != there.keys():\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "loaded_before_checked",
        "The parameters are filled before the optimizer has accepted its state. If it refuses, "
        "half of the run is another one. Whatever can fail comes first.",
        (LOADED, ""),
        (FILLED, FILLED + LOADED),
        about="anything",
    )
    bank.edit(
        KEY,
        "generator_set_first",
        "The generator's state is set before shapes and optimizer are checked, so that a refused "
        "file still moves it. Change nothing until everything is checked.",
        (READ, READ + GENERATOR),
        about="anything",
    )
    bank.edit(
        KEY,
        "missing_members_filled",
        "Where a member is missing, what is there already is kept, and nobody learns that the "
        "file was not whole. A missing member is damage: ValueError.",
        (
            "        saved = unpack(json.loads(",
            "        arrays = _Lenient(arrays)\n        saved = unpack(json.loads(",
        ),
        (
            "def unpack(",
            "class _Lenient(dict):\n    def __missing__(self, name):\n"
            "        return np.zeros(())\n\n\ndef unpack(",
        ),
        (
            SHAPES,
            SHAPES.replace(
                "if here != there:",
                "if here.keys() != there.keys() or any(\n"
                "        there[k] not in ((), here[k]) for k in here\n    ):",
            ),
        ),
        about="anything",
    )
