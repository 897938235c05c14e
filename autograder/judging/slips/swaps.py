"""Stand-ins made of the reference: its parameters, or its results, in each other's places."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, cast

from autograder.course.lesson import Exercise, Lesson
from autograder.course.reference import load_reference
from autograder.judging.misconception import About, Misconception
from autograder.judging.slips.code import Written, asked, own
from autograder.judging.slips.evidence import Evidence
from autograder.judging.slips.signatures import order_differs, signature

MOST_PARAMETERS, MOST_RESULTS = 6, 4  # of more, too many pairs would have to be run


def swaps(evidence: Evidence) -> list[Misconception]:
    """What the reference does where two of its parameters, or of its results, are taken for each
    other."""
    return list(_swaps(evidence.lesson, evidence.exercise))


def declared(evidence: Evidence) -> list[Misconception]:
    """What it does with the parameters in the order in which the learner's code declares them."""
    return [
        _in_order(asked, evidence.lesson, evidence.exercise, signature(one).places)
        for asked, one in order_differs(evidence)
    ]


def _swaps(lesson: Lesson, exercise: Exercise) -> Iterator[Misconception]:
    for one in asked(lesson, exercise.names):
        if not one.is_itself or isinstance(one.node, ast.Lambda):
            continue
        function = _function(lesson, one)
        for first, second in _pairs(one):
            yield _in_place_of(
                one,
                lesson,
                exercise,
                "arguments_swapped",
                f"`{one.name}` takes `{first}` for `{second}`, and `{second}` for `{first}`. See "
                f"which is which in `{signature(one).text}`, and where the two are used.",
                _used_for_each_other(function, first, second),
            )
        yield from _results(one, lesson, exercise)


def _in_order(
    one: Written, lesson: Lesson, exercise: Exercise, places: tuple[str, ...]
) -> Misconception:
    places_of_all = ("self", *places) if one.has_self else places
    return _in_place_of(
        one,
        lesson,
        exercise,
        "arguments_swapped",
        f"`{one.name}` declares its parameters as ({', '.join(places)}), and arguments that are "
        f"given by place land in the wrong ones. The order asked for is `{signature(one).text}`.",
        _called_by_place(_function(lesson, one), places_of_all),
        about="anything",
    )


def _pairs(one: Written) -> Iterator[tuple[str, str]]:
    """Parameters that may be taken for each other: both required, or both with a default."""
    has = signature(one)
    required = [p for p in has.places if p not in has.optional][:MOST_PARAMETERS]
    optional = [p for p in has.places if p in has.optional][:MOST_PARAMETERS]
    yield from combinations(required, 2)
    yield from combinations(optional, 2)


def _results(one: Written, lesson: Lesson, exercise: Exercise) -> Iterator[Misconception]:
    returned = [n.value for n in own(one.node) if isinstance(n, ast.Return)]
    tuples = [value for value in returned if isinstance(value, ast.Tuple)]
    sizes = {len(value.elts) for value in tuples}
    if not tuples or len(tuples) != len(returned) or len(sizes) != 1:
        return
    (size,) = sizes
    for first, second in combinations(range(min(size, MOST_RESULTS)), 2):
        names = [ast.unparse(tuples[0].elts[place]) for place in (first, second)]
        what = " and ".join(f"`{name}`" for name in names if name.isidentifier())
        yield _in_place_of(
            one,
            lesson,
            exercise,
            "results_swapped",
            f"Results number {first + 1} and {second + 1} of `{one.name}` come back in each "
            "other's places, and whoever unpacks them takes one for the other. "
            f"Look at the order in its `return`{', at ' + what if what else ''}.",
            _returned_swapped(_function(lesson, one), first, second),
        )


def _function(lesson: Lesson, one: Written) -> Callable[..., Any]:
    """The reference's function, or what its class has for a method."""
    found: Any = load_reference(lesson)
    for part in one.name.split("."):
        found = vars(found)[part]
    return cast("Callable[..., Any]", found)


def _in_place_of(
    one: Written,
    lesson: Lesson,
    exercise: Exercise,
    name: str,
    text: str,
    stand_in: Any,
    about: About = "values",
) -> Misconception:
    """The reference with another function, or another method in its class."""
    put, _, method = one.name.partition(".")
    if method:
        whole = vars(load_reference(lesson))[put]
        stand_in = type(put, (whole,), {method: stand_in})
    return Misconception(name, exercise.key, text, about=about, stand_ins={put: stand_in})


def _used_for_each_other(
    function: Callable[..., Any], first: str, second: str
) -> Callable[..., Any]:
    known = inspect.signature(function)

    @functools.wraps(function)
    def swapped(*args: Any, **kwargs: Any) -> Any:
        bound = known.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        given[first], given[second] = given[second], given[first]
        return function(*bound.args, **bound.kwargs)

    return swapped


def _called_by_place(function: Callable[..., Any], places: tuple[str, ...]) -> Callable[..., Any]:
    @functools.wraps(function)
    def reordered(*args: Any, **kwargs: Any) -> Any:
        return function(**dict(zip(places, args, strict=False)), **kwargs)

    return reordered


def _returned_swapped(function: Callable[..., Any], first: int, second: int) -> Callable[..., Any]:
    @functools.wraps(function)
    def swapped(*args: Any, **kwargs: Any) -> Any:
        results = list(function(*args, **kwargs))
        results[first], results[second] = results[second], results[first]
        return tuple(results)

    return swapped
