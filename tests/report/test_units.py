"""Units from the header of a table to every place where a rate constant stands."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.tables import read_table
from crnsym.report.html import report_html

K1, K2 = 0.002, 0.05  # 1/(mM min), 1/min
CHEMISTRY = "A + B -> C @ k1; C -> D @ k2"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The same physics in mM and min, and in M and s, as files."""
    runs = [cs.simulate(cs.network(CHEMISTRY).with_parameters(k1=K1, k2=K2), times=(0, 60, 13), initial=start)
            for start in ({"A": 30.0, "B": 20.0}, {"A": 15.0, "B": 25.0})]  # fmt: skip
    rng, folder = np.random.default_rng(1), tmp_path_factory.mktemp("units")
    noisy = [v.values[0] * (1 + 0.01 * rng.normal(size=v.values[0].shape)) for v in runs]
    paths = []
    for name, size, seconds, header in (
        ("small", 1.0, 1.0, "run,Time (min),A / mM,B / mM,C / mM,D / mM"),
        ("large", 1e-3, 60.0, "run,t [s],A [M],B [M],C [M],D [M]"),
    ):
        lines = [header]
        for k, (run, values) in enumerate(zip(runs, noisy, strict=True)):
            lines += [
                ",".join([str(k), repr(float(t * seconds)), *(repr(float(x * size)) for x in v)])
                for t, v in zip(run.times[0], values, strict=True)
            ]
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text("\n".join(lines) + "\n")
    return paths


@pytest.fixture(scope="module")
def found(written):
    return [cs.compare([cs.network(CHEMISTRY)], read_table(path), noise="1%") for path in written]


def test_rate_constants_have_units_in_five_places(found, tmp_path):
    best = found[0][0]
    assert "1/(mM min)" in repr(found[0])  # the table
    assert found[0].to_rows()[0]["units"] == "k1 [1/(mM min)]; k2 [1/min]"
    page = report_html(found[0])
    assert "1/(mM min)" in page
    assert "time [min]" in page  # the axes
    assert "concentration [mM]" in page
    cs.write(best.network, tmp_path / "m.tex")
    assert r"\unit{\per\minute\per\milli\mole\litre}" in (tmp_path / "m.tex").read_text()
    cs.write(best.network, tmp_path / "m.xml")
    model = (tmp_path / "m.xml").read_text()
    assert 'units="per_minute_per_millimolar"' in model
    assert cs.read(tmp_path / "m.xml").units["k1"] == "1/(mM min)"


def test_the_same_physics_in_other_units_is_the_same(found):
    small, large = (f[0] for f in found)
    assert large.network.units == {"k1": "1/(M s)", "k2": "1/s"}
    assert large.rates["k1"] == pytest.approx(small.rates["k1"] * 1e3 / 60, rel=1e-4)
    assert large.rates["k2"] == pytest.approx(small.rates["k2"] / 60, rel=1e-4)
    assert small.rates["k1"] == pytest.approx(K1, rel=0.03)
    assert large.chi2 == pytest.approx(small.chi2, rel=1e-4)


def test_units_that_do_not_agree_give_no_unit():
    from crnsym.network.rate_units import with_units

    network = with_units(cs.network("A -> B @ k1; A + B -> 0 @ k2; A + A -> A @ k3"), {"A": "mM", "B": "AU"}, "h")
    assert network.units == {"k1": "1/h", "k3": "1/(mM h)"}


@pytest.mark.parametrize(("order", "unit"), [(0, "g/(L h)"), (1, "1/h"), (2, "L/(g h)"), (3, "L^2/(g^2 h)")])
def test_the_unit_follows_the_order(order, unit):
    from crnsym.network.rate_units import rate_unit
    from crnsym.network.units import parse_unit

    assert rate_unit(order, "g/L", "h") == unit
    assert parse_unit(unit) is not None
