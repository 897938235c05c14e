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
        f"{label} on {kind.__name__}": {"Tape": tape, "Tensor": kind}
        for kind in (Closures, Numbered)
        for label, tape in tapes.right_tapes(kind).items()
    },
}

WRONG = {
    "unbroadcast": named(
        "unbroadcast",
        single_precision=parts.in_single_precision,
        one_axis_in_front=parts.one_axis_in_front,
        first_stretched_axis=parts.first_stretched_axis,
        largest=parts.largest,
        numbers_forgotten=parts.numbers_forgotten,
        divided_by_copies=parts.divided_by_copies,
        axis_0=parts.axis_0_whatever_the_shape,
        left=parts.compared_on_the_left,
        stretched_axes_lost=parts.stretched_axes_lost,
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
        set_of_nodes=parts.set_of_nodes,
        dict_of_nodes=parts.dict_of_nodes,
        met_when_pushed=parts.met_when_pushed,
        before_its_parents=parts.before_its_parents,
        list_made_once=parts.list_made_once,
        met_made_once=parts.met_made_once,
    ),
    "Tensor": {label: {"Tensor": kind} for label, kind in WRONG_TENSORS.items()},
    "Tape": {
        label: {"Tape": tape, "Tensor": Closures}
        for label, tape in tapes.wrong_tapes(Closures).items()
    },
}

# What some of the wrong answers are named.
NAMED = {
    "unbroadcast": {
        "axis_0": "axis_0_only",
        "left": "compared_from_the_left",
        "stretched_axes_lost": "stretched_axes_dropped_one_by_one",
        "one_axis_in_front": "one_axis_in_front",
        "first_stretched_axis": "first_stretched_axis_only",
    },
    "topological_order": {
        "set_of_nodes": "set_of_nodes + recursive",
        "dict_of_nodes": "dict_of_nodes",
        "met_when_pushed": "noted_when_put_on_the_stack",
        "before_its_parents": "written_when_met_first_parent_first",
        "list_made_once": "kept_between_calls",
    },
    "Tensor": {
        "ReluClearsItsInput": "relu_clears_its_input",
        "ReluRuleOnItsOperand": "rule_of_relu_on_its_operand",
        "Unrefused": "recursive_walk + several_elements_accepted",
        "SumIgnoresItsAxis": "summed_axis_not_given_back",
        "PowerWithoutUpstream": "upstream_gradient_forgotten_by_power",
        "TanhOfTheInputAndMinusTurned": "tanh_from_the_input + reflected_minus_turned",
        "NoReflectedPower": "reflected_power_missing",
        "MeanOfAnAxisByRows": "mean_along_an_axis_by_rows",
        "FactorsTurned": "matmul_in_the_wrong_order",
        "BroadcastingKept": "broadcasting_not_undone",
        "TellsNobody": "nobody_is_told",
        "TellsOfLeaves": "leaves_are_told_too",
        "PullbackOfTheLargerShape": "pullback_keeps_the_larger_shape",
    },
    "Tape": {
        "Borrowing": "walks_the_graph",
        "OnlyBackward": "only_a_backward",
        "StaysIn": "watcher_left_in",
        "StaysInAfterAnError": "watcher_left_in_after_an_error",
        "Emptied": "all_watchers_taken_out",
        "FromTheStart": "records_from_its_construction",
        "Forwards": "record_walked_from_the_front",
        "NoTape": "tape_not_returned",
        "AnswersTwiceAndSwallows": "answers_for_ever + errors_swallowed",
    },
}
