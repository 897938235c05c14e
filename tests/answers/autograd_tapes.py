"""Independent answers to lesson 03 of Tape, right and wrong."""

from __future__ import annotations

import copy

import numpy as np

from .autograd_parts import by_counting_children, one_axis_at_a_time, with_graphlib


class Block:
    """The part that most tapes share."""

    def __init__(self, persistent=False):
        self.left = float("inf") if persistent else 1

    def __enter__(self):
        return self

    def __exit__(self, *what):
        return None

    def spend(self):
        if self.left <= 0:
            raise RuntimeError("asked already")
        self.left -= 1


class Borrowing(Block):
    """Borrows the `.grad` of every node."""

    def gradient(self, loss, sources):
        self.spend()
        nodes = with_graphlib(loss)
        kept = {id(node): (node, node.grad) for node in nodes}
        try:
            for node in nodes:
                node.grad = None
            loss.backward(np.ones(loss.data.shape))
            return [
                source.grad if id(source) in kept else np.zeros_like(source.data)
                for source in sources
            ]
        finally:
            for node, grad in kept.values():
                node.grad = grad


class Copying(Block):
    """Copies the graph, and lets the copy do the work."""

    def gradient(self, loss, sources):
        self.spend()
        memo = {}
        twin = copy.deepcopy(loss, memo)
        for node in by_counting_children(twin):
            node.grad = None
        twin.backward()
        known = {id(node) for node in by_counting_children(loss)}
        answers = []
        for source in sources:
            if id(source) in known:
                answers.append(np.array(memo[id(source)].grad))
            else:
                answers.append(0 * source.data)
        return answers


class Differences(Block):
    """Lets the leaves accumulate, and takes the difference; clears only what is between."""

    def gradient(self, loss, sources):
        self.spend()
        nodes = by_counting_children(loss)
        before = [node.grad for node in nodes]
        for node in nodes:
            node.grad = np.zeros(node.data.shape) if node.parents == () else None
        loss.backward()
        found = {id(node): node.grad for node in nodes}
        for node, grad in zip(nodes, before, strict=True):
            node.grad = grad
        nothing = [np.zeros(source.data.shape) for source in sources]
        return [found.get(id(s), zero) for s, zero in zip(sources, nothing, strict=True)]


def recording(Tensor):
    """A tape that listens to the Tensor of its own notebook, and knows no other."""

    class Recording(Block):
        def __enter__(self):
            self.made, self.plain = [], Tensor.__init__

            def listening(node, *args, **kwargs):
                self.plain(node, *args, **kwargs)
                self.made.append(node)

            Tensor.__init__ = listening
            return self

        def __exit__(self, *what):
            Tensor.__init__ = self.plain

        def gradient(self, loss, sources):
            self.spend()
            leaves = {id(p): p for node in self.made for p in node.parents}
            nodes = {**leaves, **{id(node): node for node in self.made}}
            kept = {key: node.grad for key, node in nodes.items()}
            for node in nodes.values():
                node.grad = None
            loss.backward()
            answers = [
                np.zeros(s.data.shape) if id(s) not in nodes or s.grad is None else s.grad
                for s in sources
            ]
            for key, node in nodes.items():
                node.grad = kept[key]
            return answers

    return Recording


def wrapped(Tensor):
    """A tape whose answers are Tensors."""

    class Wrapped(Borrowing):
        def gradient(self, loss, sources):
            return [Tensor(answer) for answer in super().gradient(loss, sources)]

    return Wrapped


class OnlyBackward(Block):
    def gradient(self, loss, sources):
        self.spend()
        loss.backward()
        return [np.zeros(s.data.shape) if s.grad is None else s.grad for s in sources]


class ClearsAll(Borrowing):
    def gradient(self, loss, sources):
        answers = super().gradient(loss, sources)
        for node in by_counting_children(loss):
            node.grad = None
        return answers


class ZerosLeft(Borrowing):
    def gradient(self, loss, sources):
        answers = super().gradient(loss, sources)
        for source in sources:
            source.grad = np.zeros(source.data.shape) if source.grad is None else source.grad
        return answers


class Backwards(Borrowing):
    def gradient(self, loss, sources):
        return super().gradient(loss, sources)[::-1]


class ByName(Borrowing):
    def gradient(self, loss, sources):
        return dict(enumerate(super().gradient(loss, sources)))


class Halved(Borrowing):
    def gradient(self, loss, sources):
        return [answer / 2 for answer in super().gradient(loss, sources)]


class RaisesValueError(Borrowing):
    def spend(self):
        try:
            super().spend()
        except RuntimeError as error:
            raise ValueError("asked already") from error


class TwoAnswers(Borrowing):
    def __init__(self, persistent=False):
        self.left = 2 if persistent else 1


class NoTape(Borrowing):
    def __enter__(self):
        return None


class OnlyTheSources(Block):
    def gradient(self, loss, sources):
        self.spend()
        kept = [source.grad for source in sources]
        for source in sources:
            source.grad = None
        loss.backward()
        answers = [np.zeros(s.data.shape) if s.grad is None else s.grad for s in sources]
        for source, grad in zip(sources, kept, strict=True):
            source.grad = grad
        return answers


class StaleForUnconnected(Block):
    def gradient(self, loss, sources):
        self.spend()
        nodes = with_graphlib(loss)
        kept = [node.grad for node in nodes]
        for node in nodes:
            node.grad = None
        loss.backward()
        answers = [np.zeros(s.data.shape) if s.grad is None else s.grad for s in sources]
        for node, grad in zip(nodes, kept, strict=True):
            node.grad = grad
        return answers


class AnswersTwiceAndSwallows(Borrowing):
    def spend(self):
        pass

    def __exit__(self, *what):
        return True


class WalksAlone(Block):
    """Walks back over the links of `Numbered`, and leaves broadcasting as it is."""

    def fitted(self, share, shape):
        return share

    def gradient(self, loss, sources):
        self.spend()
        blame = {id(loss): np.ones(loss.data.shape)}
        for node in reversed(by_counting_children(loss)):
            for parent, send in node.links:
                share = self.fitted(np.asarray(send(blame[id(node)])), parent.data.shape)
                blame[id(parent)] = blame.get(id(parent), 0.0) + share
        return [blame.get(id(source), 0.0 * source.data) for source in sources]


class WalksAloneRightly(WalksAlone):
    def fitted(self, share, shape):
        return one_axis_at_a_time(share, shape)


class RowOfZeros(Borrowing):
    def gradient(self, loss, sources):
        answers = super().gradient(loss, sources)
        return [a if a.any() else np.zeros(a.shape[:1]) for a in answers]


WRONG_TAPES = {
    kind.__name__: kind
    for kind in (
        *(OnlyBackward, ClearsAll, ZerosLeft, Backwards, ByName, Halved),
        *(RaisesValueError, TwoAnswers, NoTape, RowOfZeros),
        *(OnlyTheSources, StaleForUnconnected, AnswersTwiceAndSwallows),
    )
}
