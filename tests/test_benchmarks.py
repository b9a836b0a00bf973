"""The table of measurements: turns, medians, ratios. Nothing here is timed."""

import itertools

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.table import Row, compare, show


def test_the_two_take_turns_after_a_warm_up():
    calls = []

    def sampler(name):
        def sample():
            calls.append(name)
            return 1.0

        return sample

    compare("x", sampler("A"), sampler("B"), runs=3)
    assert "".join(calls) == "AB" + "ABABAB"


def test_the_ratio_is_one_of_medians():
    ours = itertools.cycle([99.0, 1.0, 2.0, 50.0])  # the first is the warm-up, and 50 an outlier
    peer = itertools.cycle([99.0, 8.0, 1000.0, 6.0])
    row = compare("x", lambda: next(ours), lambda: next(peer), runs=3)
    assert (row.ours, row.peer, row.ratio) == (2.0, 8.0, 4.0)


def test_the_table_shows_speeds_ratios_and_goals(capsys):
    rows = [
        Row("one", 0.5, 2.0),
        Row("many", 0.5, 2.0, items=1000, goal=5),
        Row("most", 0.1, 2.0, items=10, goal=5),
    ]
    show("Title", rows, peer="peer", unit="messages")
    assert capsys.readouterr().out == (
        "\n"
        "Title\n"
        "               distlab            peer   ratio        goal\n"
        "one             500 ms             2 s   4.00x\n"
        "many  2,000 messages/s  500 messages/s   4.00x   5x missed\n"
        "most    100 messages/s    5 messages/s  20.00x  5x reached\n"
    )


def test_an_unknown_benchmark_is_refused_by_name():
    with pytest.raises(SystemExit, match=r"no benchmark is called speed; there are .*imports"):
        main(["speed"])
