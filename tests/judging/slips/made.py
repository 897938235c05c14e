"""Slips as people make them, derived from the reference: one small change of its syntax tree."""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Callable, Iterator

from autograder.course.lesson import Lesson
from autograder.course.reference import exercise_source

Function = ast.FunctionDef
Change = Callable[[Function, ast.Module], bool]
TUPLE = re.compile(r"return \((.*),\)$", re.MULTILINE)  # with brackets, it would be meant


def slipped(lesson: Lesson, key: str, change: Change) -> Iterator[tuple[str, str]]:
    """`(function, cell)` for each function or method of an exercise that the change is possible in.

    The cell is the reference's source with that change.
    """
    source = exercise_source(lesson, key)
    names = lesson.exercises[key].names
    for number, (name, _) in enumerate(_functions(ast.parse(source), names)):
        tree = ast.parse(source)
        _, function = list(_functions(tree, names))[number]
        if change(function, tree):
            yield name, TUPLE.sub(r"return \1,", ast.unparse(ast.fix_missing_locations(tree)))


def _functions(tree: ast.Module, names: tuple[str, ...]) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, Function) and node.name in names:
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and node.name in names:
            for inner in node.body:
                if isinstance(inner, Function):
                    yield f"{node.name}.{inner.name}", inner


def own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, without the functions in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from own(child)


def returns(function: Function) -> list[ast.Return]:
    """Its returns of a value."""
    return [n for n in own(function) if isinstance(n, ast.Return) and n.value is not None]


class _Returns(ast.NodeTransformer):
    """Puts something else in the place of a function's own returns."""

    def __init__(self, make: Callable[[ast.Return], ast.stmt]) -> None:
        self._make = make
        self._depth = 0

    def visit_FunctionDef(self, node: Function) -> ast.AST:
        self._depth += 1
        if self._depth == 1:
            self.generic_visit(node)
        self._depth -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return self._make(node) if node.value is not None else node


def _replace_returns(function: Function, make: Callable[[ast.Return], ast.stmt]) -> bool:
    found = bool(returns(function))
    _Returns(make).visit(function)
    return found


def no_return(function: Function, tree: ast.Module) -> bool:
    """The result is kept in a variable, and that is all."""

    def keep(node: ast.Return) -> ast.stmt:
        return ast.Assign([ast.Name("result", ast.Store())], node.value)

    return _replace_returns(function, keep)


def bare_expression(function: Function, tree: ast.Module) -> bool:
    """The word `return` is left out."""
    return _replace_returns(function, lambda node: ast.Expr(node.value))


def printed(function: Function, tree: ast.Module) -> bool:
    """`print(...)` where `return ...` belongs."""

    def show(node: ast.Return) -> ast.stmt:
        return ast.Expr(ast.Call(ast.Name("print", ast.Load()), [node.value], []))

    return _replace_returns(function, show)


def one_path(function: Function, tree: ast.Module) -> bool:
    """Of several returns, the last one is forgotten."""
    several = returns(function)
    if len(several) < 2:
        return False
    last = several[-1]
    return _replace_returns(function, lambda n: ast.Expr(n.value) if n is last else n)


def _wrapped(template: str) -> Change:
    def wrap(node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Tuple):  # what a cache holds is nobody's result
            parts = [part if isinstance(part, ast.Tuple) else wrap(part) for part in node.elts]
            return ast.Tuple(parts, ast.Load())
        made = ast.parse(template, mode="eval").body

        class Fill(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.AST:
                return copy.deepcopy(node) if name.id == "VALUE" else name

        return Fill().visit(made)

    return lambda function, tree: _replace_returns(function, lambda n: ast.Return(wrap(n.value)))


as_list = _wrapped("VALUE.tolist() if isinstance(VALUE, np.ndarray) else VALUE")
as_generator = _wrapped("(one for one in VALUE) if np.ndim(VALUE) else VALUE")
as_map = _wrapped("map(np.asarray, VALUE) if np.ndim(VALUE) else VALUE")


def comma(function: Function, tree: ast.Module) -> bool:
    """`return x,`."""
    if any(isinstance(n.value, ast.Tuple) for n in returns(function)):
        return False
    return _replace_returns(function, lambda n: ast.Return(ast.Tuple([n.value], ast.Load())))


def _required(function: Function) -> list[ast.arg]:
    args = function.args.args
    required = args[: len(args) - len(function.args.defaults)]
    return [arg for arg in required if arg.arg != "self"]


def order(function: Function, tree: ast.Module) -> bool:
    """The first two parameters change places in the signature."""
    required = _required(function)
    if len(required) < 2:
        return False
    required[0].arg, required[1].arg = required[1].arg, required[0].arg
    return True


def used_for_each_other(function: Function, tree: ast.Module) -> bool:
    """The first two parameters change places in the body."""
    required = [arg.arg for arg in _required(function)][:2]
    if len(required) < 2:
        return False
    other = dict(zip(required, reversed(required), strict=True))
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                node.id = other.get(node.id, node.id)
    return True


def no_parameter(function: Function, tree: ast.Module) -> bool:
    """The last parameter is left out, and its value fixed in the body."""
    if not function.args.defaults or function.args.kwonlyargs:
        return False
    arg, default = function.args.args.pop(), function.args.defaults.pop()
    function.body.insert(0, ast.Assign([ast.Name(arg.arg, ast.Store())], default))
    return True


def no_default(function: Function, tree: ast.Module) -> bool:
    """No parameter has a default."""
    had = bool(function.args.defaults)
    function.args.defaults = []
    return had


def renamed(function: Function, tree: ast.Module) -> bool:
    """The last parameter has another name, everywhere."""
    args = function.args.args
    if len(args) < 2:
        return False
    old, args[-1].arg = args[-1].arg, "value_of_it"
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id == old:
                node.id = "value_of_it"
    return True


def no_self(function: Function, tree: ast.Module) -> bool:
    """A method without `self`."""
    if not function.args.args or function.args.args[0].arg != "self":
        return False
    function.args.args.pop(0)
    return True


def _misspelling(name: str) -> str:
    """Two letters in the middle change places, or one is left out where they are the same."""
    at = len(name) // 2
    if name[at - 1] == name[at] or "_" in name[at - 1 : at + 1]:
        return name[: at - 1] + name[at:]
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


def misspelt_local(function: Function, tree: ast.Module) -> bool:
    """A local name is misspelt where it is first read."""
    bound = {arg.arg for arg in function.args.args} | {
        n.id for n in own(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for statement in function.body:
        for node in [statement, *own(statement)]:
            read = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            if read and node.id in bound and len(node.id) >= 4 and node.id != "self":
                node.id = _misspelling(node.id)
                return True
    return False


def misspelt_attribute(function: Function, tree: ast.Module) -> bool:
    """A function of NumPy, or an attribute of `self`, is misspelt where it is read."""
    for node in own(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = node.value
            if isinstance(owner, ast.Name) and owner.id in ("np", "self") and len(node.attr) >= 4:
                node.attr = _misspelling(node.attr)
                return True
    return False


def misspelt_definition(function: Function, tree: ast.Module) -> bool:
    """What was asked for is defined under a name with a letter amiss."""
    if function.name.startswith("__") or len(function.name) < 4:
        return False
    function.name = _misspelling(function.name)
    return function.name != "adam_step"  # which is an exercise of its own


def without_np(function: Function, tree: ast.Module) -> bool:
    """`sqrt(x)` for `np.sqrt(x)`."""

    class Bare(ast.NodeTransformer):
        done = False

        def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
            of_numpy = isinstance(node.value, ast.Name) and node.value.id == "np"
            if of_numpy and node.attr not in dir(builtins):
                self.done = True
                return ast.Name(node.attr, ast.Load())
            return self.generic_visit(node)

    bare = Bare()
    function.body = [bare.visit(s) for s in function.body]
    return bare.done


def overwritten(function: Function, tree: ast.Module) -> bool:
    """A value takes the name of a builtin that is called later."""
    called = [
        n.func.id for n in own(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    ]
    wanted = [name for name in called if name in ("len", "sum", "max", "min", "range", "list")]
    if not wanted:
        return False
    function.body.insert(0, ast.Assign([ast.Name(wanted[0], ast.Store())], ast.Constant(0)))
    return True


def too_early(function: Function, tree: ast.Module) -> bool:
    """The last `return` stands inside the loop before it."""
    if len(function.body) < 2 or not isinstance(function.body[-1], ast.Return):
        return False
    loop = function.body[-2]
    if not isinstance(loop, ast.For):
        return False
    loop.body.append(function.body.pop())
    return True


def not_called(function: Function, tree: ast.Module) -> bool:
    """`x.mean` for `x.mean()`."""

    class Bare(ast.NodeTransformer):
        done = False

        def visit_Call(self, node: ast.Call) -> ast.AST:
            plain = isinstance(node.func, ast.Attribute) and not isinstance(
                node.func.value, ast.Call
            )
            if plain and not node.args and not self.done:
                self.done = True
                return node.func
            return self.generic_visit(node)

    bare = Bare()
    bare.visit(function)
    return bare.done


def results_swapped(function: Function, tree: ast.Module) -> bool:
    """The first two results change places."""
    tuples = [n.value for n in returns(function) if isinstance(n.value, ast.Tuple)]
    for each in tuples:
        each.elts[0], each.elts[1] = each.elts[1], each.elts[0]
    return bool(tuples)
