"""A handler without an end is ended, in the line that loops."""

import contextlib
import threading
import time

import pytest

from distlab.blame import TooLong
from distlab.watchdog import MOST_EFFECTS, Effects, watching


def loop():
    while True:
        pass


def test_what_makes_no_progress_is_interrupted():
    sentence = r"ran for more than 0.1 seconds; is there a loop without an exit"
    with pytest.raises(TooLong, match=sentence), watching(lambda: 0, seconds=0.1):
        loop()


def test_no_except_exception_catches_it():
    def stubborn():
        while True:
            with contextlib.suppress(Exception):
                loop()

    with pytest.raises(TooLong), watching(lambda: 0, seconds=0.1):
        stubborn()


def test_one_that_catches_even_that_is_interrupted_again():
    caught = 0
    with watching(lambda: 0, seconds=0.05):
        while caught < 3:
            try:
                loop()
            except BaseException:
                caught += 1
    assert caught == 3


def test_progress_may_take_as_long_as_it_likes():
    ticks = iter(range(10**9))
    with watching(lambda: next(ticks), seconds=0.05):
        time.sleep(0.3)


def test_too_many_effects_are_interrupted_before_the_time_is_up():
    effects = []

    def ask():
        while True:
            effects.append(0)

    sentence = "asked for more than 100,000 sends, writes and timers"
    with pytest.raises(TooLong, match=sentence), watching(lambda: 0, effects, seconds=60):
        ask()


def test_where_nobody_watches_the_list_of_effects_counts_for_itself():
    effects = Effects()
    effects.extend(range(MOST_EFFECTS))
    with pytest.raises(TooLong, match="asked for more than"):
        effects.append(0)
    with pytest.raises(TooLong, match="asked for more than"):
        effects.extend([0])


def test_nothing_is_left_behind_for_who_comes_after():
    with watching(lambda: 0, seconds=60):
        pass
    time.sleep(0.15)
    with watching(lambda: 0, seconds=0.1):
        time.sleep(0.05)


def test_threads_are_watched_each_for_itself():
    ended = []

    def run(seconds):
        try:
            with watching(lambda: 0, seconds=seconds):
                end = time.monotonic() + 0.6
                while time.monotonic() < end:
                    pass
                ended.append("well")
        except TooLong:
            ended.append("interrupted")

    threads = [threading.Thread(target=run, args=(seconds,)) for seconds in (0.1, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["interrupted", "well"]
