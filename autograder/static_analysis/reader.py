"""Walks a piece of code as Python runs it: what it reads, binds and changes, scope by scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from autograder.static_analysis.scopes import (
    Binding,
    Read,
    Scope,
    Value,
    as_getattr,
    dotted,
    is_vars,
    pairs,
    parameters,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

# What puts something into a list, a dict or a set. Libraries have functions of these names, too.
FILLS = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})

# In these an annotation only names a type; in others it may compute or bind something.
TYPE_HINT = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.BinOp,
    ast.BitOr,
    ast.expr_context,
)


class Reader(ast.NodeVisitor):
    """Collects what is bound and read by nodes that stand at the top level of a module."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.module = self._here = Scope()
        self.reads: list[Read] = []
        self.bindings: list[Binding] = []
        self.fills: list[Read] = []  # that of which a method is called that puts something in
        self.changes: list[Read] = []  # that of which an attribute or an item is set
        self.stars: list[str] = []
        self.computed: list[Read] = []  # what is asked for an attribute whose name is computed
        nodes = list(nodes)
        try:
            self._visit_all(nodes)
        except RecursionError:
            self._here = self.module
            self._flatly(nodes)

    def visit_Name(self, node: ast.Name) -> None:
        """A name that stands alone."""
        if isinstance(node.ctx, ast.Load):
            self._read(node.id, ())
        else:
            self._bind(node.id, None)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A chain of attributes, read or set as a whole if it begins at a name."""
        self._chain(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """An item: setting one changes what holds it."""
        if not isinstance(node.ctx, ast.Load):
            self._change(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A call; `getattr` with a constant is an attribute, and `setattr` sets one."""
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in ("setattr", "delattr") and node.args:
            self._change(node.args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in FILLS:
            filled = dotted(node.func.value)
            self.fills += [Read(self._here, *filled, unbound=False)] if filled else []
        if as_getattr(node) is not None:
            self._chain(node)
            return
        path = dotted(node.args[0]) if called == "getattr" and node.args else None
        if path is not None:
            self.computed.append(Read(self._here, *path, unbound=False))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """The value first, as Python does."""
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """A hint and, if there is one, a value."""
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        if node.value is not None or self._here.parent is not None:
            self._assign(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Reads its target, then binds it."""
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, ())
        self.visit(node.value)
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Binds in the function around a comprehension, not in the comprehension."""
        self.visit(node.value)
        scope = self._here
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        self._bind(node.target.id, node.value, scope)

    def visit_Import(self, node: ast.Import) -> None:
        """Binds the root of a path, or its other name."""
        for item in node.names:
            root = item.name.partition(".")[0]
            self._bind(item.asname or root, item.name if item.asname else root)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Binds what it names; of a star nobody can say what it binds."""
        module = "." * node.level + (node.module or "")
        for item in node.names:
            if item.name == "*":
                self.stars.append(module)
            else:
                self._bind(item.asname or item.name, f"{module}.{item.name}")

    def visit_Global(self, node: ast.Global) -> None:
        """From here on the module's."""
        self._here.outer.update(dict.fromkeys(node.names, True))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """From here on an outer function's."""
        self._here.outer.update(dict.fromkeys(node.names, False))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """`except ... as e`."""
        if node.name:
            self._bind(node.name, None)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        """A capture."""
        if node.name:
            self._bind(node.name, None)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815 (as ast spells it)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """A capture of the rest."""
        if node.rest:
            self._bind(node.rest, None)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: Function) -> None:
        """Decorators, defaults and hints belong to the scope around it."""
        self._visit_all(node.decorator_list)
        defaults = self._signature(node.args)
        if node.returns is not None:
            self._annotation(node.returns)
        self._bind(node.name, None)
        self._function(node.args, defaults, node.body, getattr(node, "type_params", []))

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 (as ast spells it)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A function of one expression."""
        self._function(node.args, self._signature(node.args), [node.body], [])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Its body runs at once; its names are seen by the body, and not by methods."""
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        self._enter(Scope(self._here, is_class=True, deferred=self._here.deferred))
        self._type_params(getattr(node, "type_params", []))
        self._visit_all(node.body)
        self._leave()
        self._bind(node.name, None)

    def visit_ListComp(self, node: Comprehension) -> None:
        """The first iterable is read outside, all else inside."""
        self.visit(node.generators[0].iter)
        deferred = self._here.deferred or isinstance(node, ast.GeneratorExp)
        self._enter(Scope(self._here, is_comprehension=True, deferred=deferred))
        for number, generator in enumerate(node.generators):
            if number:
                self.visit(generator.iter)
            self.visit(generator.target)
            self._visit_all(generator.ifs)
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._visit_all(made)
        self._leave()

    visit_SetComp = visit_ListComp  # noqa: N815 (as ast spells it)
    visit_DictComp = visit_ListComp  # noqa: N815 (as ast spells it)
    visit_GeneratorExp = visit_ListComp  # noqa: N815 (as ast spells it)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _flatly(self, nodes: Iterable[ast.AST]) -> None:
        """Every name as the module's: for code that is nested too deeply to be followed."""
        for node in (inner for outer in nodes for inner in ast.walk(outer)):
            if isinstance(node, ast.Name | ast.Import | ast.ImportFrom):
                self.visit(node)
            elif isinstance(node, Function | ast.ClassDef):
                self._bind(node.name, None)

    def _enter(self, scope: Scope) -> None:
        self._here = scope

    def _leave(self) -> None:
        assert self._here.parent is not None
        self._here = self._here.parent

    def _read(self, name: str, attributes: tuple[str, ...]) -> None:
        here = self._here
        unbound = here.is_class and name not in here.bound
        self.reads.append(Read(here, name, attributes, unbound))

    def _bind(self, name: str, value: Value, scope: Scope | None = None) -> None:
        scope = scope or self._here
        scope.bound.add(name)
        self.bindings.append(Binding(scope, name, value, self._here))

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        """Bind a target, and the parts of a tuple to the parts of a value that is one."""
        for part, its in pairs(target, value):
            if isinstance(part, ast.Name):
                self._bind(part.id, its)
            else:
                self.visit(part)

    def _chain(self, node: ast.Attribute | ast.Call) -> None:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            self._change(node.value)
        path = dotted(node)
        if path is None:
            self.generic_visit(node)
            return
        self._read(*path)
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute | ast.Call):
            if isinstance(inner, ast.Call):
                self._visit_all(inner.args[2:])
            inner = inner.value if isinstance(inner, ast.Attribute) else inner.args[0]

    def _change(self, node: ast.expr) -> None:
        """Note that something is set in what `node` is."""
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred) or is_vars(node):
            node = node.args[0] if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            self.changes.append(Read(self._here, node.id, (), unbound=False))

    def _annotation(self, node: ast.expr) -> None:
        if not all(isinstance(inner, TYPE_HINT) for inner in ast.walk(node)):
            self.visit(node)

    def _signature(self, args: ast.arguments) -> dict[str, ast.expr]:
        """Visit what a signature evaluates; the defaults by parameter."""
        positional = [*args.posonlyargs, *args.args]
        first = len(positional) - len(args.defaults)
        given = zip(positional[first:], args.defaults, strict=True)
        named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
        defaults = {arg.arg: value for arg, value in [*given, *named] if value is not None}
        self._visit_all(defaults.values())
        for arg in parameters(args):
            if arg.annotation is not None:
                self._annotation(arg.annotation)
        return defaults

    def _function(
        self,
        args: ast.arguments,
        defaults: dict[str, ast.expr],
        body: Sequence[ast.AST],
        type_params: Sequence[ast.AST],
    ) -> None:
        outside = self._here
        self._enter(Scope(outside, deferred=True))
        self._type_params(type_params)
        for arg in parameters(args):
            self._bind(arg.arg, None)
        self.bindings += [Binding(self._here, n, value, outside) for n, value in defaults.items()]
        self._visit_all(body)
        self._leave()

    def _type_params(self, params: Sequence[ast.AST]) -> None:
        for param in params:
            self._here.bound.add(str(getattr(param, "name", "")))
