"""A real JupyterLab and a real browser, for tests and for authors who want to see what a reader sees."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

ARTIFACTS = Path(__file__).parent / "artifacts"
LAPTOP = {"width": 1280, "height": 800}
HOW_TO_GET_CHROMIUM = (
    "there is no Chromium or Chrome to test with: install one "
    "(on Debian `apt-get install chromium`, elsewhere `.venv/bin/playwright install chromium`)"
)


class Lab:
    """A JupyterLab on a free port of the loopback, with settings of its own, serving the folder `root`."""

    def __init__(self, root: Path, home: Path):
        self.root, self.home = root, home
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._leave_out_nbgrader()
        self.configure("apputils-extension/notification", fetchNews="false", checkForUpdates=False)
        # every cell stays in the page, where a test can look at it, and not only those in sight
        self.configure("notebook-extension/tracker", windowingMode="none")

    def _leave_out_nbgrader(self) -> None:
        """Turn off the panels of nbgrader: only the tests install it, and a reader does not see them."""
        parts = ("assignment_list", "course_list", "formgrader", "validate_assignment")
        server = {"jpserver_extensions": {f"nbgrader.server_extensions.{part}": False for part in parts}}
        self._write("config/jupyter_server_config.json", {"ServerApp": server})
        self._write("config/labconfig/page_config.json", {"disabledExtensions": {"@jupyter/nbgrader": True}})

    def _write(self, name: str, content: object) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def configure(self, plugin: str, **settings: object) -> None:
        """Set what a reader would set in JupyterLab's settings editor; pages opened afterwards obey."""
        self._write(f"settings/@jupyterlab/{plugin}.jupyterlab-settings", settings)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        folders = {
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
        }
        own = {name: str(self.home / folder) for name, folder in folders.items()}
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"]
        command += [f"--IdentityProvider.token={self.token}"]
        self.log = self.home / "log.txt"
        with self.log.open("wb") as log:
            env = {**os.environ, **own, "PYTHONHASHSEED": "0"}
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env
            )
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended before it answered:\n{self.log.read_text()[-4000:]}")
            try:
                self.ask("/api/status")
                return
            except URLError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"JupyterLab did not answer within a minute:\n{self.log.read_text()[-4000:]}")

    def ask(self, path: str, method: str = "GET") -> bytes:
        """Call the server's interface."""
        headers = {"Authorization": f"token {self.token}"}
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method)
        with urlopen(request, timeout=10) as answer:
            return answer.read()

    def end_kernels(self) -> None:
        """End what notebooks left running, so that the next one has the machine to itself."""
        for kernel in json.loads(self.ask("/api/kernels")):
            self.ask(f"/api/kernels/{kernel['id']}", "DELETE")

    def stop(self) -> None:
        """End the server, and with it its kernels."""
        try:
            self.ask("/api/shutdown", "POST")
            self.process.wait(20)
        except (URLError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def url(self, notebook: str) -> str:
        """Where the notebook, named by its path from `root`, opens in a fresh workspace."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?token={self.token}&reset"


@contextmanager
def jupyterlab(root: Path, home: Path) -> Iterator[Lab]:
    """A running `Lab`."""
    lab = Lab(root, home)
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium or Chrome, else the one that playwright fetched; LookupError if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        fetched = playwright.chromium.executable_path
        path = next(filter(None, map(shutil.which, names)), fetched if Path(fetched).exists() else None)
        if path is None:
            raise LookupError(HOW_TO_GET_CHROMIUM)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Notebook:
    """A notebook open in JupyterLab, and what a reader can do with it."""

    def __init__(self, page: Page, url: str):
        self.page = page
        self.errors: list[str] = []  # what the browser's console shows in red
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(url)
        # the notebook's own indicator says idle even before there is a kernel; what is run then is lost
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=90_000)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    @property
    def cells(self) -> Locator:
        """The code cells."""
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    def run_all(self, seconds: float = 300) -> None:
        """Choose Run > Run All Cells, and wait until every cell has run or one has failed."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')];
                const texts = prompts.map(p => p.textContent);
                const red = document.querySelector('[data-mime-type="application/vnd.jupyter.stderr"]');
                return texts.every(t => /^\\[\\d+\\]:$/.test(t)) || (red && !texts.includes('[*]:'));
            }""",
            timeout=seconds * 1000,
        )

    def prompts(self) -> list[str]:
        """What stands before each code cell: `[3]:` once it has run."""
        return self.cells.locator(".jp-InputPrompt").all_text_contents()

    def failures(self) -> list[str]:
        """The tracebacks and warnings that the reader sees, on red ground."""
        red = '[data-mime-type="application/vnd.jupyter.stderr"]'
        return self.page.locator(".jp-Notebook").locator(red).all_text_contents()

    def sliders(self) -> Locator:
        """Everything in the outputs that arrow keys move."""
        return self.page.locator(".jp-OutputArea .noUi-handle, .jp-OutputArea input[type=range]:enabled")

    def picture(self, slider: Locator) -> str:
        """What is drawn in the output that the slider stands in, as text to compare."""
        return slider.evaluate(
            """element => {
                const output = element.closest('.jp-OutputArea');
                const pictures = 'svg:not([data-icon]), img, canvas, .widget-html-content';
                const read = e => e.toDataURL ? e.toDataURL() : e.src || e.outerHTML;
                return [...output.querySelectorAll(pictures)].map(read).join('\\n');
            }"""
        )

    def press(self, slider: Locator, key: str, seconds: float = 10) -> tuple[str, str]:
        """Focus the slider, press a key, wait for its picture to change; the pictures before and after."""
        slider.scroll_into_view_if_needed()
        before = after = self.picture(slider)
        slider.focus()
        slider.press(key)
        end = time.monotonic() + seconds
        while after == before and time.monotonic() < end:
            self.page.wait_for_timeout(20)
            after = self.picture(slider)
        return before, after

    def shot(self, name: str) -> Path:
        """What is in sight, kept as a picture."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.png"
        self.page.screenshot(path=path)
        return path
