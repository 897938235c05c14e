"""Independent answers to lesson 03 of Tape, right and wrong, each on a Tensor of one's choice."""

from __future__ import annotations

import bisect

import numpy as np

from .autograd_parts import with_graphlib


def right_tapes(Tensor):
    """Tapes that are right, written for the class that a notebook calls Tensor."""

    class Lines:
        """Numbers the tensors, and keeps a list of gradients."""

        def __init__(self, persistent=False):
            self.left = float("inf") if persistent else 1
            self.lines = []

        def watch(self, out, parents, pullback):
            self.lines += [(out, list(parents), pullback)]

        def __enter__(self):
            Tensor.watchers.append(self.watch)
            return self

        def __exit__(self, *what):
            Tensor.watchers.remove(self.watch)

        def spend(self):
            if self.left <= 0:
                raise RuntimeError("asked already")
            self.left -= 1

        def gradient(self, loss, sources):
            self.spend()
            tensors = [loss, *sources]
            for out, parents, _ in self.lines:
                tensors += [out, *parents]
            place = {}
            for tensor in tensors:
                place.setdefault(id(tensor), len(place))
            grads = [None] * len(place)
            grads[place[id(loss)]] = np.ones_like(loss.data)
            for out, parents, pullback in self.lines[::-1]:
                g = grads[place[id(out)]]
                if g is None:
                    continue
                for parent, part in zip(parents, pullback(g), strict=True):
                    spot = place[id(parent)]
                    grads[spot] = np.array(part) if grads[spot] is None else grads[spot] + part
            found = [grads[place[id(source)]] for source in sources]
            return [
                np.zeros_like(s.data) if g is None else g
                for s, g in zip(sources, found, strict=True)
            ]

    class Asking:
        """Asks for each source by recursion over who used it, with a closure as the watcher."""

        def __init__(self, persistent=False):
            self.persistent, self.answered = persistent, False

        def __enter__(self):
            self.uses, self.keep = {}, []

            def watcher(out, parents, pullback):
                self.keep.append((out, parents))
                for i, parent in enumerate(parents):
                    self.uses.setdefault(id(parent), []).append((out, i, pullback))

            self.watcher = watcher
            Tensor.watchers = [*Tensor.watchers, watcher]
            return self

        def __exit__(self, *what):
            Tensor.watchers = [w for w in Tensor.watchers if w is not self.watcher]
            return None

        def gradient(self, loss, sources):
            if self.answered and not self.persistent:
                raise RuntimeError("a tape answers once")
            self.answered = True
            memo = {id(loss): np.ones(np.shape(loss.data))}

            def of(tensor):
                if id(tensor) not in memo:
                    total = np.zeros(np.shape(tensor.data))
                    for out, i, pullback in self.uses.get(id(tensor), ()):
                        total = total + pullback(of(out))[i]
                    memo[id(tensor)] = total
                return memo[id(tensor)]

            return [of(source) for source in sources]

    class Heap(Lines):
        """Visits only what the loss was made of, latest line first."""

        def gradient(self, loss, sources):
            self.spend()
            line_of = {id(out): i for i, (out, _, _) in enumerate(self.lines)}
            grads = {id(loss): np.ones(loss.data.shape)}
            waiting = [line_of[id(loss)]] if id(loss) in line_of else []
            while waiting:
                out, parents, pullback = self.lines[waiting.pop()]
                for parent, part in zip(parents, pullback(grads[id(out)]), strict=True):
                    grads[id(parent)] = np.add(grads.get(id(parent), 0.0), part)
                    line = line_of.get(id(parent))
                    if line is not None and line not in waiting:
                        bisect.insort(waiting, line)
            return [np.asarray(grads.get(id(s), 0.0 * s.data)) for s in sources]

    return {kind.__name__: kind for kind in (Lines, Asking, Heap)}


def wrapped(Tensor):
    """A tape whose answers are Tensors."""

    class Wrapped(right_tapes(Tensor)["Heap"]):
        def gradient(self, loss, sources):
            return [Tensor(answer) for answer in super().gradient(loss, sources)]

    return Wrapped


def wrong_tapes(Tensor):
    """Tapes that are wrong, on the same terms."""
    Lines = right_tapes(Tensor)["Lines"]

    class Borrowing(Lines):
        """As in the first edition: whatever the graph holds, recorded or not."""

        def gradient(self, loss, sources):
            self.spend()
            nodes = with_graphlib(loss)
            kept = {id(node): (node, node.grad) for node in nodes}
            for node in nodes:
                node.grad = None
            loss.backward(np.ones(loss.data.shape))
            answers = [s.grad if id(s) in kept else np.zeros_like(s.data) for s in sources]
            for node, grad in kept.values():
                node.grad = grad
            return answers

    class NothingRecorded(Borrowing):
        def __enter__(self):
            return self

        def __exit__(self, *what):
            return False

    class OnlyBackward(NothingRecorded):
        def gradient(self, loss, sources):
            self.spend()
            loss.backward()
            return [np.zeros(s.data.shape) if s.grad is None else s.grad for s in sources]

    class StaysIn(Lines):
        def __exit__(self, *what):
            pass

    class StaysInAfterAnError(Lines):
        def __exit__(self, kind, *rest):
            if kind is None:
                super().__exit__()

    class OnlyOneAtATime(Lines):
        def __enter__(self):
            self.others, Tensor.watchers = Tensor.watchers, [self.watch]
            return self

        def __exit__(self, *what):
            Tensor.watchers = self.others

    class Emptied(Lines):
        def __exit__(self, *what):
            Tensor.watchers = []

    class FromTheStart(Lines):
        def __init__(self, persistent=False):
            super().__init__(persistent)
            Tensor.watchers.append(self.watch)

        def __enter__(self):
            return self

    class Forwards(Lines):
        def gradient(self, loss, sources):
            self.lines.reverse()
            try:
                return super().gradient(loss, sources)
            finally:
                self.lines.reverse()

    class Written(Lines):
        def gradient(self, loss, sources):
            answers = super().gradient(loss, sources)
            for source, answer in zip(sources, answers, strict=True):
                source.grad = answer
            return answers

    class Backwards(Lines):
        def gradient(self, loss, sources):
            return super().gradient(loss, sources)[::-1]

    class ByName(Lines):
        def gradient(self, loss, sources):
            return dict(enumerate(super().gradient(loss, sources)))

    class Halved(Lines):
        def gradient(self, loss, sources):
            return [answer / 2 for answer in super().gradient(loss, sources)]

    class RaisesValueError(Lines):
        def spend(self):
            try:
                super().spend()
            except RuntimeError as error:
                raise ValueError("asked already") from error

    class TwoAnswers(Lines):
        def __init__(self, persistent=False):
            super().__init__(persistent)
            self.left = 2 if persistent else 1

    class NoTape(Lines):
        def __enter__(self):
            super().__enter__()

    class AnswersTwiceAndSwallows(Lines):
        def spend(self):
            pass

        def __exit__(self, *what):
            super().__exit__()
            return True

    class RowOfZeros(Lines):
        def gradient(self, loss, sources):
            answers = super().gradient(loss, sources)
            return [a if a.any() else np.zeros(a.shape[:1]) for a in answers]

    kinds = (
        *(Borrowing, NothingRecorded, OnlyBackward, StaysIn, StaysInAfterAnError, OnlyOneAtATime),
        *(Emptied, FromTheStart, Forwards, Written, Backwards, ByName, Halved, RaisesValueError),
        *(TwoAnswers, NoTape, AnswersTwiceAndSwallows, RowOfZeros),
    )
    return {kind.__name__: kind for kind in kinds}
