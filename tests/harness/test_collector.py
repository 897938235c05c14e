"""What a kernel says, gathered for files."""

import pytest

from autograder.harness.collector import Collector

HALF = "\ud800"
CONTENTS = {
    "stream": {"name": "stdout", "text": HALF},
    "error": {"ename": HALF, "evalue": HALF, "traceback": [HALF]},
    "display_data": {"data": {"text/plain": HALF, f"text/{HALF}": HALF}, "metadata": {}},
    "execute_result": {"data": {"text/plain": HALF}, "metadata": {HALF: 1}, "execution_count": 1},
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_half_a_surrogate_pair_does_not_reach_a_file(kind):
    collector = Collector(1000, private=False)
    collector.take({"msg_type": kind, "header": {"msg_type": kind}, "content": CONTENTS[kind]})
    (output,) = collector.outputs
    assert "?" in str(output)
    str(output).encode()


def test_whole_pairs_stay():
    collector = Collector(1000, private=False)
    content = {"name": "stdout", "text": "\U0001f642"}
    collector.take({"msg_type": "stream", "header": {"msg_type": "stream"}, "content": content})
    assert collector.outputs[0].text == "\U0001f642"
