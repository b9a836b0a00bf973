"""The game of histories as a learner meets it: by keyboard, with a wrong move, and back."""

import pytest

from tests.browser.test_widgets import notebook, report  # noqa: F401 (a fixture)

GAME = "from distlab import history_game\nhistory_game()"


def title(notebook):  # noqa: F811
    return notebook.page.locator(".distlab-result").get_attribute("aria-label")


def chosen(notebook, row, words):  # noqa: F811
    notebook.page.locator(".distlab-controls select").nth(2 * row + 1).select_option(label=words)


@pytest.mark.parametrize("notebook", [[GAME]], indirect=True)
def test_a_history_is_judged_while_it_is_set(notebook):  # noqa: F811
    page = notebook.page
    assert title(notebook).startswith("✗ linearizable · ✓ sequential")
    chosen(notebook, 2, "read → 1")
    page.locator('.distlab-result[aria-label^="✓ linearizable"]').wait_for(timeout=5000)
    assert "Still to find: causal, none of these three." in page.locator(".distlab-result").inner_text()
    # a wrong move: two calls of one client at once
    page.locator(".distlab-controls select").nth(4).select_option(label="ben")
    handle = page.locator(".distlab-controls .noUi-handle").nth(4)
    for _ in range(3):
        handle.press("ArrowLeft")
    page.locator(".distlab-wrong").wait_for(timeout=5000)
    assert "ben has two calls open" in page.locator(".distlab-wrong").inner_text()
    for _ in range(3):
        handle.press("ArrowRight")
    page.locator(".distlab-wrong").wait_for(state="detached", timeout=5000)
    page.get_by_role("button", name="one more").click()
    page.locator(".distlab-controls select").nth(7).wait_for(timeout=5000)
    assert page.locator(".distlab-controls select").count() == 8
    times = []
    for words in ("read → 0", "read → 1") * 5:
        before = title(notebook) + page.locator(".distlab-result").inner_text()
        start = page.evaluate("performance.now()")
        chosen(notebook, 2, words)
        page.wait_for_function("b => {const r = document.querySelector('.distlab-result');"
                               "return r.getAttribute('aria-label') + r.innerText != b}", arg=before)  # fmt: skip
        times.append(page.evaluate("performance.now()") - start)
    report("history_game", times)
