"""Independent answers to lesson 03 of unbroadcast and topological_order, right and wrong."""

from __future__ import annotations

import graphlib
from collections import Counter, deque

import numpy as np

# unbroadcast


def one_axis_at_a_time(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and grad.shape[axis] != 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


def by_loops(grad, shape):
    small = np.zeros(shape)
    for index in np.ndindex(grad.shape):
        own = index[len(index) - len(shape) :]
        small[tuple(0 if n == 1 else i for i, n in zip(own, shape, strict=True))] += grad[index]
    return small


def by_einsum(grad, shape):
    padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    letters = "abcdefgh"[: grad.ndim]
    kept = "".join(letter for letter, n in zip(letters, padded, strict=True) if n != 1)
    return np.einsum(f"{letters}->{kept}", grad).reshape(shape)


def by_counting_places(grad, shape):
    places = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), grad.shape)
    return np.bincount(places.ravel(), grad.ravel(), int(np.prod(shape))).reshape(shape)


def in_single_precision(grad, shape):
    return one_axis_at_a_time(grad, shape).astype(np.float32)


def one_axis_in_front(grad, shape):
    if grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    axes = tuple(i for i, n in enumerate(shape) if n == 1)
    return grad.sum(axis=axes, keepdims=True)


def first_stretched_axis(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    if 1 in shape:
        grad = grad.sum(axis=list(shape).index(1), keepdims=True)
    return grad


def largest(grad, shape):
    grad = grad.max(axis=tuple(range(grad.ndim - len(shape))))
    return grad.max(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def numbers_forgotten(grad, shape):
    return one_axis_at_a_time(grad, shape) if shape else grad


def divided_by_copies(grad, shape):
    small = by_loops(grad, shape)
    return small * small.size / grad.size


def axis_0_whatever_the_shape(grad, shape):
    if grad.shape != shape:
        return np.sum(grad, axis=0)
    return grad


def compared_on_the_left(grad, shape):
    for axis, (large, small) in enumerate(zip(grad.shape, shape, strict=False)):
        if large != small:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


def stretched_axes_lost(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            grad = grad.sum(axis=axis)
    return grad


def negated_in_place(grad, shape):
    small = by_loops(grad, shape)
    grad *= -1
    return small


# topological_order


def with_graphlib(root):
    nodes, waiting = {id(root): root}, [root]
    while waiting:
        for parent in waiting.pop().parents:
            if id(parent) not in nodes:
                nodes[id(parent)] = parent
                waiting.append(parent)
    graph = {key: {id(p) for p in node.parents} for key, node in nodes.items()}
    return [nodes[key] for key in graphlib.TopologicalSorter(graph).static_order()]


def by_counting_children(root):
    children, met, waiting = Counter(), {id(root)}, deque([root])
    while waiting:
        for parent in waiting.popleft().parents:
            children[id(parent)] += 1
            if id(parent) not in met:
                met.add(id(parent))
                waiting.append(parent)
    free, order = [root], deque()
    while free:
        node = free.pop()
        order.appendleft(node)
        for parent in node.parents:
            children[id(parent)] -= 1
            if children[id(parent)] == 0:
                free.append(parent)
    return order and list(order)


def by_colours(root):
    colour, order, path = {id(root): "grey"}, [], [root]
    while path:
        node = path[-1]
        white = [p for p in node.parents if id(p) not in colour]
        if white:
            colour[id(white[0])] = "grey"
            path.append(white[0])
        else:
            order.append(path.pop())
    return order


def with_iterators(root):
    order, met, stack = [], {id(root)}, [(root, iter(root.parents))]
    while stack:
        node, rest = stack[-1]
        for parent in rest:
            if id(parent) not in met:
                met.add(id(parent))
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def as_a_tuple(root):
    return tuple(by_counting_children(root))


def by_shortest_way(root):
    distance, waiting = {id(root): (0, root)}, deque([root])
    while waiting:
        node = waiting.popleft()
        for parent in node.parents:
            if id(parent) not in distance:
                distance[id(parent)] = (distance[id(node)][0] + 1, parent)
                waiting.append(parent)
    return [node for _, node in sorted(distance.values(), key=lambda item: -item[0])]


def parents_of_the_first_only(root):
    order = []
    while root is not None:
        order.append(root)
        root = root.parents[0] if root.parents else None
    return order[::-1]


def children_first(root):
    return by_counting_children(root)[::-1]


def leaves_first(root):
    order = by_counting_children(root)
    leaves = [node for node in order if not node.parents]
    return [n for n in leaves for _ in "ab"] + [node for node in order if node.parents]


def root_twice(root):
    return [*by_counting_children(root), root]


def limited_depth(root):
    return by_counting_children(root)[-5000:]


def found_by_equality(root):
    order = []
    for node in by_counting_children(root):
        if node not in order:
            order.append(node)
    return order


def follows_every_way(root):
    order = []

    def visit(node):
        for parent in node.parents:
            visit(parent)
        if not any(node is other for other in order):
            order.append(node)

    visit(root)
    return order


def as_a_dict(root):
    return dict(enumerate(by_counting_children(root)))


def set_of_nodes(root):
    order, visited = [], set()

    def build(node):
        if node not in visited:
            visited.add(node)
            for parent in node.parents:
                build(parent)
            order.append(node)

    build(root)
    return order


def dict_of_nodes(root):
    order, stack = {}, [(root, iter(root.parents))]
    while stack:
        node, rest = stack[-1]
        for parent in rest:
            if parent not in order:
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order[node] = None
            stack.pop()
    return list(order)


def met_when_pushed(root):
    order, met, stack = [], {id(root)}, [root]
    while stack:
        node = stack.pop()
        order.append(node)
        for parent in node.parents:
            if id(parent) not in met:
                met.add(id(parent))
                stack.append(parent)
    return order[::-1]


def before_its_parents(root):
    order, met = [], set()

    def visit(node):
        if id(node) not in met:
            met.add(id(node))
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(root)
    return list(reversed(order))


def list_made_once(root, order=[], met=set()):  # noqa: B006 (the mistake)
    stack = [(root, iter(root.parents))]
    while stack:
        node, rest = stack[-1]
        parent = next(rest, None)
        if parent is None:
            stack.pop()
            if id(node) not in met:
                met.add(id(node))
                order.append(node)
        elif id(parent) not in met:
            stack.append((parent, iter(parent.parents)))
    return order


def met_made_once(root, met=set()):  # noqa: B006 (the mistake)
    order = []
    for node in by_counting_children(root):
        if id(node) not in met:
            met.add(id(node))
            order.append(node)
    return order
