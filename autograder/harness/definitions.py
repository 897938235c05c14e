"""What a cell still defines when it stopped half-way, or is not to be run again.

A cell that fails leaves out everything beneath the line that failed. In the notebook of whoever
wrote it that line may well have worked (pandas is installed there, a drive is mounted, somebody
answers a question), and then an answer that stands beneath it is right and not there. So, after an
error and only then, what beneath it defines something without doing anything else is run. The
source of this file is sent into kernels as text (see `guests.py`).
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PURE = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred),
    *(ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Lambda, ast.JoinedStr, ast.FormattedValue),
    *(ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp),
)
CELL_MAGIC = re.compile(r"\A(?:[ \t]*(?:#[^\n]*|%%[^\n]*)?\n)*")
# Errors that say more of where a cell runs than of what it says.
OF_THE_PLACE = ("CalledProcessError", "KernelKept", "StdinNotImplementedError")


@dataclass
class Stop:
    """Where the last cell stopped, and what of it was not run."""

    error: BaseException | None = None
    line: str = ""
    rest: list[ast.stmt] = field(default_factory=list)
    compiler: Callable[..., Any] = compile
    cell_name: str = "<cell>"


_stop = Stop()
_kernel: dict[str, Any] = {}


def install(shell: Any) -> None:
    """Remember of each cell where it stopped."""
    _kernel["shell"], _kernel["publisher"] = shell, shell.display_pub
    run_ast_nodes = shell.run_ast_nodes

    async def remembering(
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> Any:
        nodes = list(nodelist)
        failed = await run_ast_nodes(
            nodelist, cell_name, interactivity=interactivity, compiler=compiler, result=result
        )
        error = result and (result.error_in_exec or result.error_before_exec)
        if failed and error is not None:
            _remember(error, nodes, cell_name, compiler)
        return failed

    shell.run_ast_nodes = remembering
    shell.events.register("pre_run_cell", lambda info: _forget())


def go_on(answer: bool, mime: str) -> None:
    """Say where the last cell stopped, and run what is beneath it and only defines.

    answer: the cell is there to define what an exercise asks for. In any other cell, what was
    defined before is kept, unless the error comes of the place and not of the cell.
    """
    error = _stop.error or getattr(sys, "last_value", None)
    line = _stop.line or str(getattr(error, "text", None) or "").strip()
    about = error.msg if isinstance(error, SyntaxError) else error
    said = "" if error is None else f"{type(error).__name__}: {about}"
    _kernel["publisher"].publish({mime: {"line": line[:200], "error": said[:200]}})
    of_the_place = isinstance(error, ImportError | OSError) or said.startswith(OF_THE_PLACE)
    _run(_stop.rest, _stop.compiler, _stop.cell_name, overwrite=answer or of_the_place)
    _forget()


def define(source: str) -> None:
    """Run of a cell what defines something and does nothing else."""
    shell = _kernel["shell"]
    body = CELL_MAGIC.sub("", source)
    nodes = ast.parse(shell.transform_cell(body)).body
    name = shell.compile.cache(body)
    _run(nodes, shell.compile, name, overwrite=True)


def is_definition(node: ast.stmt, modules: set[str]) -> bool:
    """Whether a statement defines and does nothing else; `modules` are names of libraries, whose
    functions (`partial`, `np.array`) may be called."""
    if isinstance(node, Definition | ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.Assign):
        named = all(isinstance(target, ast.Name | ast.Tuple) for target in node.targets)
        return named and _is_pure(node.value, modules)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None and _is_pure(node.value, modules)
    if isinstance(node, ast.Try):
        inner = [*node.body, *node.orelse, *node.finalbody]
        inner += [statement for handler in node.handlers for statement in handler.body]
        return all(is_definition(statement, modules) for statement in inner)
    if isinstance(node, ast.If):
        inner = [*node.body, *node.orelse]
        return _is_pure(node.test, modules) and all(is_definition(n, modules) for n in inner)
    return False


def _is_pure(value: ast.expr, modules: set[str]) -> bool:
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        root: ast.expr = value.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id not in modules:
            return False
    elif not isinstance(value, PURE):
        return False
    parts = ast.iter_child_nodes(value)
    inner = [p.value if isinstance(p, ast.keyword) else p for p in parts]
    return all(_is_pure(part, modules) for part in inner if isinstance(part, ast.expr))


def _remember(
    error: BaseException, nodes: list[ast.stmt], cell_name: str, compiler: Callable[..., Any]
) -> None:
    number = _line_number(error, cell_name)
    at = max((i for i, node in enumerate(nodes) if _first_line(node) <= number), default=0)
    _stop.error = error.with_traceback(None)
    _stop.line = linecache.getline(cell_name, number).strip()
    _stop.rest = [*_parts(nodes[at]), *nodes[at + 1 :]]
    _stop.compiler, _stop.cell_name = compiler, cell_name


def _forget() -> None:
    vars(_stop).update(vars(Stop()))


def _line_number(error: BaseException, cell_name: str) -> int:
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == cell_name:
            return trace.tb_lineno
        trace = trace.tb_next
    return getattr(error, "lineno", None) or 1


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _parts(failed: ast.stmt) -> Iterator[ast.stmt]:
    """What can still be had of a statement that failed: of `import pandas, math`, the one that is
    there; of a function whose annotations name something that was never imported, the function."""
    if isinstance(failed, ast.Import) and len(failed.names) > 1:
        for name in failed.names:
            yield ast.copy_location(ast.Import([name]), failed)
    elif isinstance(failed, Definition):
        for node in ast.walk(failed):
            if isinstance(node, ast.arg):
                node.annotation = None
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                node.returns = None
        yield failed


def _run(
    nodes: list[ast.stmt], compiler: Callable[..., Any], cell_name: str, *, overwrite: bool
) -> None:
    names: dict[str, Any] = _kernel["shell"].user_ns

    def runs(node: ast.stmt) -> bool:
        try:
            exec(compiler(ast.Module([node], []), cell_name, "exec"), names)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 (what fails defines nothing, and the next may)
            return False
        return True

    for node in nodes:
        modules = {name for name, value in names.items() if _is_library(value)}
        if not is_definition(node, modules) or (not overwrite and _bound(node) <= set(names)):
            continue
        if not runs(node):
            for part in _parts(node):
                runs(part)


def _is_library(value: Any) -> bool:
    """A module, or what the standard library is used for beneath another name (`partial`)."""
    return isinstance(value, types.ModuleType) or getattr(value, "__module__", "") == "functools"


def _bound(node: ast.stmt) -> set[str]:
    """The names that a definition binds at top level."""
    if isinstance(node, Definition):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(name.asname or name.name).split(".")[0] for name in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    if isinstance(node, ast.Try):
        inner += [statement for handler in node.handlers for statement in handler.body]
    return set().union(*map(_bound, inner))
