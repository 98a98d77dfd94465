"""Every module can be imported, in every way, before and after the verbs that bear the names of packages."""

import inspect
import pickle
import pkgutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import crnsym

MODULES = sorted(m.name for m in pkgutil.walk_packages(crnsym.__path__, "crnsym.") if not m.name.endswith("__main__"))


@pytest.mark.parametrize("part", range(4))
def test_importing_any_module_finds_it(part):
    for name in MODULES[part::4]:
        space: dict = {}
        exec(f"import {name} as found", space)
        assert space["found"] is sys.modules[name]
        package, _, last = name.rpartition(".")
        exec(f"from {package} import {last} as found", space)
        if (package, last) not in SHADOWED:
            assert space["found"] is sys.modules[name]


SHADOWED: set[tuple[str, str]] = set()


@pytest.mark.parametrize(
    "code",
    [
        "import crnsym.network.text as t; import crnsym as cs; assert cs.network('A -> B') == t.network('A -> B')",
        "import crnsym as cs; cs.network('A -> B'); import crnsym.network.species as s; s.Species('A')",
        "from crnsym import network; network('A -> B'); import crnsym.network; crnsym.network('A -> B')",
        "import crnsym.network.network as n; n.Network(); import crnsym; crnsym.network('A -> B @ 1')",
        "from crnsym.report.html import report_html; import crnsym; assert callable(crnsym.report)",
        "import crnsym; assert callable(crnsym.report); import crnsym.report.runs as f; f.plot_run",
        "import sys, crnsym; assert not {'jax', 'sympy'} & {*sys.modules}",
    ],
)
def test_packages_of_a_verbs_name_are_both(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_callable_package_shows_its_arguments_and_goes_to_other_processes():
    assert next(iter(inspect.signature(crnsym.network).parameters)) == "text"
    assert pickle.loads(pickle.dumps(crnsym.network)) is crnsym.network
    with ThreadPoolExecutor(2) as pool:
        assert len({*pool.map(crnsym.network, ["A -> B @ 1", "A -> B @ 1"])}) == 1
