"""Independent answers to lesson 03, written in other ways than the reference: see the modules that
this one gathers."""

from __future__ import annotations

from typing import Any

from . import autograd_parts as parts
from . import autograd_tapes as tapes
from .autograd_tensors import Closures, Numbered
from .autograd_wrong import WRONG_TENSORS


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


RIGHT = {
    "prediction_repeated_row": named("prediction_repeated_row", letter=" B) "),
    "prediction_doublings": named("prediction_doublings", letter="(c)"),
    "prediction_never_cleared": named("prediction_never_cleared", letter="C."),
    "unbroadcast": named(
        "unbroadcast",
        one_axis_at_a_time=parts.one_axis_at_a_time,
        loops=parts.by_loops,
        einsum=parts.by_einsum,
        bincount=parts.by_counting_places,
    ),
    "topological_order": named(
        "topological_order",
        graphlib=parts.with_graphlib,
        counting_children=parts.by_counting_children,
        colours=parts.by_colours,
        iterators=parts.with_iterators,
        tuple=parts.as_a_tuple,
    ),
    "Tensor": named("Tensor", closures=Closures, numbered=Numbered),
    "Tape": {
        **named(
            "Tape", borrowing=tapes.Borrowing, copying=tapes.Copying, differences=tapes.Differences
        ),
        "on closures": {"Tape": tapes.Borrowing, "Tensor": Closures},
        "on numbers": {"Tape": tapes.Differences, "Tensor": Numbered},
        "recording": {"Tape": tapes.recording(Closures), "Tensor": Closures},
    },
}

WRONG = {
    "prediction_repeated_row": named("prediction_repeated_row", a="a", c="c"),
    "prediction_doublings": named("prediction_doublings", a="a", b="b", number=2097151),
    "prediction_never_cleared": named("prediction_never_cleared", a="a", b="b"),
    "unbroadcast": named(
        "unbroadcast",
        single_precision=parts.in_single_precision,
        one_axis_in_front=parts.one_axis_in_front,
        first_stretched_axis=parts.first_stretched_axis,
        largest=parts.largest,
        numbers_forgotten=parts.numbers_forgotten,
        divided_by_copies=parts.divided_by_copies,
        negated_in_place=parts.negated_in_place,
    ),
    "topological_order": named(
        "topological_order",
        shortest_way=parts.by_shortest_way,
        first_parents=parts.parents_of_the_first_only,
        children_first=parts.children_first,
        leaves_first=parts.leaves_first,
        root_twice=parts.root_twice,
        limited_depth=parts.limited_depth,
        equality=parts.found_by_equality,
        every_way=parts.follows_every_way,
        dict=parts.as_a_dict,
    ),
    "Tensor": {label: {"Tensor": kind} for label, kind in WRONG_TENSORS.items()},
    "Tape": {
        label: {"Tape": kind, "Tensor": Closures} for label, kind in tapes.WRONG_TAPES.items()
    },
}
