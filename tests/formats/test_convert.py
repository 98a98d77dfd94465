"""``crnsym convert``: from every format to every other, with a report, whole or not at all."""

import itertools

import pytest

import crnsym as cs
from crnsym.formats import READABLE, WRITABLE
from tests.cli.test_cli import run

NET = "bind: A + B <-> C @ kf, kr; C -> 0 @= mm(C, V, 0.4); obs total = A + C; param kf = 0.3, kr = 0.02, V = 1"
NET += "; init A = 1, B = 2, C = 0"


@pytest.mark.parametrize(("source", "target"), list(itertools.product(sorted(set(READABLE) - {".sbml"}), WRITABLE)))
def test_every_format_goes_to_every_other(source, target, tmp_path):
    net, first, second = cs.network(NET), tmp_path / f"a{source}", tmp_path / f"b{target}"
    cs.write(net, first)
    code, out, err = run("convert", first, second)
    assert (code, err) == (0, "")
    assert "3 species, 3 reactions, 3 parameters, 1 observable" in out
    assert second.stat().st_size > 0
    if target in READABLE:
        assert cs.read(second) == net


@pytest.mark.parametrize(
    ("target", "text", "message"),
    [
        (".net", "A -> B @ k", "the parameter k has no value"),
        (".pnml", "1/2 A -> B @ 1", "no whole number of tokens"),
        (".net", "1/2 A -> B @ 1", "BioNetGen counts molecules"),
    ],
)
def test_a_refusal_is_one_line_and_nothing_is_written(target, text, message, tmp_path):
    (tmp_path / "a.crn").write_text(text)
    code, _, err = run("convert", tmp_path / "a.crn", tmp_path / f"b{target}")
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.crn"]
