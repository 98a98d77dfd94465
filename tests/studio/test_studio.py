"""The studio in a real browser: from a table to an answer that is tried; reloads, tabs, the end of a search."""

import csv
import statistics
import time
import zipfile

import pytest

import crnsym as cs
from tests.jobs.chains import chain, oscillator
from tests.studio.browser import PATIENCE, Page, Studio, binary, waited, worked

pytest.importorskip("nicegui", reason="the extra 'studio' is not installed")
pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = pytest.mark.skipif(binary() is None, reason="no browser: install Debian's chromium and chromium-driver")

FOLLOWS = 0.1  # seconds in which curves follow a rate
PRESSES = 8
WATCH = """
const chart = document.querySelector('[data-testid="answer chart"]');
window.moved = [];
addEventListener('keydown', () => { window.pressed = performance.now(); window.moved = []; }, true);
new MutationObserver(() => { window.moved.push(performance.now() - window.pressed); })
  .observe(chart, {subtree: true, childList: true, attributes: true});
"""
FILLS = """
const drawn = arguments[0].querySelector("svg, canvas").getBoundingClientRect();
const box = arguments[0].getBoundingClientRect();
return box.width > 250 && Math.abs(box.width - drawn.width) < 2;
"""
PRESS = """
arguments[0].dispatchEvent(new KeyboardEvent('keydown', {keyCode: 39, bubbles: true, cancelable: true}));
"""


def german(path):
    """Two runs of a chain, as a German spreadsheet saves them."""
    lines = ["Zeit / min;A / mM;B / mM;C / mM;Ansatz"]
    for label in ("kalt", "warm"):
        for t, row in zip(chain(1).times[0], chain(1).values[0], strict=True):
            lines.append(";".join([f"{t:.4f}", *(f"{v:.5f}" for v in row)]).replace(".", ",") + f";{label}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def workbook(path, data):
    """A workbook with a sheet a run."""
    book = pytest.importorskip("openpyxl").Workbook()
    book.remove(book.active)
    for label, times, values in data:
        sheet = book.create_sheet(f"Run {label}")
        sheet.append(["t / min", *data.species])
        for t, row in zip(times, values, strict=True):
            sheet.append([float(t), *map(float, row)])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """Where the browser puts what is taken away."""
    return tmp_path_factory.mktemp("taken")


@pytest.fixture(scope="module")
def studio(taken):
    with Studio(german(taken / "kinetik.csv")) as running:
        yield running


@pytest.fixture(scope="module")
def answered(studio, taken):
    """A page on which the table has been searched, as both of the next tests need it: the search takes longest."""
    with Page(studio.address, folder=taken) as page:
        assert "time" in page.get("role Zeit / min").find_element("xpath", "ancestor::label").text
        for role in ("not used", "species"):
            page.choose("role C / mM", role)
            page.wait(lambda role=role: role in page.get("role C / mM").find_element("xpath", "ancestor::label").text)
        page.choose("max order", "one molecule")
        page.choose("hidden", "none: all were measured")
        page.click("start")
        assert page.get("headline").text == "The data decide"
        yield page


def test_from_a_table_to_an_answer_whose_rates_are_turned(studio, answered):
    page = answered
    page.driver.execute_script(WATCH)
    slider = page.get("slider k1").find_element("css selector", "[tabindex]")
    server, browser = studio.process.pid, page.driver.service.process.pid
    took, work = [], []
    for _ in range(PRESSES):
        queued, busy = waited(server) + waited(browser), worked(server)
        page.driver.execute_script(PRESS, slider)
        moved = page.wait(lambda: page.driver.execute_script("return window.moved"))
        # what a free machine takes: a process that waits for a processor waits for what else the machine does
        took.append(1e-3 * moved[0] - (waited(server) + waited(browser) - queued))
        time.sleep(0.3)
        work.append(worked(server) - busy)
    assert statistics.median(took) < FOLLOWS
    assert statistics.median(work) < FOLLOWS
    fitted = float(page.get("value k1").text.split()[2])
    assert fitted == pytest.approx(0.6556 * 10**0.08, rel=0.02)
    page.click("reset rates")
    page.wait(lambda: "±" in page.get("value k1").text)

    for tab in ("Search", "What next", "Table"):
        page.click(f"tab {tab}")
        time.sleep(0.3)
    assert page.faults() == []
    assert page.requests() <= {"127.0.0.1"}
    page.click("tab Answer")
    with Page(studio.address, 420, 900, dark=True) as narrow:
        narrow.get("statement")
        for tab in ("Answer", "What next", "Search", "Table"):
            narrow.click(f"tab {tab}")
            time.sleep(0.3)
            assert narrow.width() <= 420
        narrow.click("tab Answer")
        narrow.wait(lambda: narrow.driver.execute_script(FILLS, narrow.get("answer chart")))


def test_a_reaction_is_ruled_out_and_the_answer_without_it_is_taken_away(answered, taken, tmp_path):
    page = answered
    page.choose("beside", "2. …")
    page.wait(lambda: page.driver.execute_script(FILLS, page.get("chart beside")))
    standing = page.get("standing B -> C")
    page.driver.execute_script("[...arguments[0].querySelectorAll('button')].at(-1).click()", standing)
    page.wait(lambda: "Never: B → C" in page.text())
    page.click("refit")
    page.wait(lambda: page.all("headline") and not page.all("standing B -> C"), 3 * PATIENCE)
    for name in ("rates.csv", "project.zip"):
        page.click(f"export {name}")
    rates = page.wait(lambda: next(taken.glob("*rates.csv"), None))
    packed = page.wait(lambda: next(taken.glob("*project.zip"), None))
    table = list(csv.DictReader(rates.read_text(encoding="utf-8").splitlines()))
    assert "B -> C" not in {row["reaction"] for row in table}
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "open")
    again = cs.load_discovery(next((tmp_path / "open").rglob("discovery.json")))
    assert {row["reaction"] for row in table} >= set(again[0].reactions)
    assert page.faults() == []


def test_a_search_survives_a_reload_is_seen_in_another_tab_and_is_stopped(tmp_path):
    path = workbook(tmp_path / "slow.xlsx", oscillator())
    with Studio() as studio, Page(studio.address) as page:
        page.get("upload")
        page.driver.find_element("css selector", "input[type=file]").send_keys(str(path))
        page.get("sheets")
        assert {"Run 1 (40 times)", "Run 2 (40 times)"} <= {*page.text().splitlines()}
        page.click("start")
        page.wait(lambda: "mechanisms tried" in page.text())
        address = page.driver.current_url
        page.driver.refresh()  # in the middle
        page.wait(lambda: page.all("search facts") and "mechanisms tried" in page.text())
        with Page(address) as other:
            other.wait(lambda: "mechanisms tried" in other.text() and other.all("cancel"))
            page.click("cancel")
            other.get("statement")
        page.get("statement")
        assert "Not searched to the end" in page.text()
