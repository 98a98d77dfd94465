"""A studio in a process of its own, and a real browser in front of it."""

import json
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 300.0  # seconds: a machine that is shared may be slow


class Studio:
    """A running studio; a context manager."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "crnsym", "studio", *map(str, arguments), "--no-browser", "--workers", "1"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
        )
        self.lines: list[str] = []
        told: queue.Queue[str] = queue.Queue()

        def read() -> None:
            for line in self.process.stdout or ():
                self.lines.append(line)
                told.put(line)

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        deadline = time.monotonic() + PATIENCE
        self.address = ""
        while not self.address and time.monotonic() < deadline and self.process.poll() is None:
            try:
                found = re.search(r"http://\S+", told.get(timeout=0.2))
                self.address = found.group() if found else ""
            except queue.Empty:
                continue
        if not self.address:
            self.process.kill()  # nobody else will
        assert self.address, "".join(self.lines)
        place = self.address.split("/")[2].split(":")
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((place[0], int(place[1]))) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("".join(self.lines))

    def __enter__(self) -> "Studio":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


def environment() -> dict[str, str]:
    """Return the environment without what would change a server: a proxy, and the sign that it is under test."""
    strange = ("http_proxy", "https_proxy", "all_proxy", "pytest_current_test", "pytest_version")
    return {k: v for k, v in os.environ.items() if k.lower() not in strange}


def waited(pid: int) -> float:
    """Return the seconds for which a process and its children were ready to run, and the machine ran something else.

    0 where the kernel does not tell: the machine is then taken for a free one.
    """
    own = sum(_scheduled(place, 1) for place in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return own + sum(waited(child) for child in _children(pid))


def worked(pid: int) -> float:
    """Return the seconds of processor time of the threads of a process that run now."""
    return sum(_scheduled(place, 0) for place in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def _scheduled(place: Path, which: int) -> float:
    """Return a number of the scheduler about a thread, in seconds: time on a processor, time in the queue for one."""
    try:
        return int(place.read_text().split()[which]) * 1e-9
    except (OSError, IndexError):  # the thread has ended
        return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for place in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, place.read_text().split())
        except OSError:
            continue
    return found


def binary() -> str | None:
    """Return the browser of this machine, if it has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class Page:
    """A browser tab of its own; a context manager."""

    def __init__(self, address: str, width: int = 1300, height: int = 1000, dark: bool = False, folder: Any = None):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = binary() or ""
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"):
            options.add_argument(flag)
        options.add_argument(f"--window-size={width},{height}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))
        if folder is not None:
            told = {"behavior": "allow", "downloadPath": str(folder)}
            self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", told)
        mode = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": mode})
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        self.driver.get(address)

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def all(self, name: str) -> list[Any]:
        """Return the elements of a name that can be seen."""
        found = self.driver.find_elements("css selector", f'[data-testid="{name}"]')
        return [element for element in found if element.is_displayed()]

    def wait(self, what: Any, seconds: float = PATIENCE) -> Any:
        """Wait until a function returns something true, and return it."""
        from selenium.common.exceptions import StaleElementReferenceException

        deadline = time.monotonic() + seconds
        while True:
            try:
                found = what()
            except StaleElementReferenceException:
                found = None
            if found:
                return found
            assert time.monotonic() < deadline, f"waited {seconds} s in vain; the page says: {self.text()[:1500]}"
            time.sleep(0.05)

    def get(self, name: str, seconds: float = PATIENCE) -> Any:
        """Wait for an element, and return it."""
        return self.wait(lambda: next(iter(self.all(name)), None), seconds)

    def click(self, name: str) -> None:
        """Click an element, wherever it is on the page."""

        def clicked() -> bool:
            element = next(iter(self.all(name)), None)
            if element is None:
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", element)
            return True

        self.wait(clicked)

    def choose(self, name: str, option: str) -> None:
        """Choose in a menu by the text of the option, or by its beginning where ``option`` ends in an ellipsis."""
        same = (
            f"starts-with(normalize-space(), '{option[:-1]}')" if option[-1] == "…" else f"normalize-space()='{option}'"
        )
        path = f"//div[contains(@class, 'q-menu')]//div[contains(@class, 'q-item')][.//*[{same}]]"

        def chosen() -> bool:
            self.driver.execute_script(_OPEN, self.get(name))
            time.sleep(0.5)
            found = self.driver.find_elements("xpath", path)  # none where the page was drawn anew meanwhile
            if found:
                self.driver.execute_script("arguments[0].click()", found[-1])
            return bool(found)

        self.wait(chosen)

    def text(self) -> str:
        """Return everything that can be read."""
        return self.driver.find_element("css selector", "body").text

    def width(self) -> int:
        """Return how wide the page is, in pixels."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth"))

    def requests(self) -> set[str]:
        """Return the hosts that the page asked for anything."""
        found = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            url = message["params"].get("request", message["params"]).get("url", "")
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated") and "://" in url:
                found.add(url.split("://")[1].split("/")[0].split(":")[0])
        return found

    def faults(self) -> list[str]:
        """Return what the browser complained of."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]


_OPEN = """
const field = arguments[0].closest('.q-field') || arguments[0];
field.scrollIntoView({block: 'center'});
const control = field.querySelector('.q-field__control') || field;
control.click();
"""
