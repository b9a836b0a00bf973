from distlab.exercises.printout import LONGEST_LINE, MOST_LINES, Printout


def test_the_first_lines_are_kept_and_the_rest_is_counted():
    out = Printout()
    for n in range(20):
        print(n, file=out)
    assert out.lines() == [*map(str, range(MOST_LINES)), "… and 8 more lines"]


def test_a_long_line_is_cut():
    out = Printout()
    print("x" * 1000, file=out)
    assert out.lines() == ["x" * (LONGEST_LINE - 1) + "…"]


def test_one_more_line_is_one():
    out = Printout()
    print("\n" * MOST_LINES, end="x", file=out)
    assert out.lines()[-1] == "… and 1 more line"


def test_a_new_case_begins_anew():
    out = Printout()
    print("old", file=out)
    out.begin()
    print("new", end="", file=out)
    assert out.lines() == ["new"]
