"""Every format that reads and writes gives an equal network back."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import crnsym as cs
from crnsym.errors import NetworkError, ParseError
from crnsym.network.complexes import quoted
from tests.formats.models import EVERYTHING, tame_networks
from tests.strategies import mass_action_networks

few = settings(
    deadline=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)


def again(net, suffix, folder):
    path = folder / f"model{suffix}"
    cs.write(net, path)
    return cs.read(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("formats")


def explain(before, after):
    return f"\n{before}\n--- came back as\n{after}"


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
@few
@given(net=tame_networks(rational=True))
def test_any_network_comes_back_equal(suffix, folder, net):
    after = again(net, suffix, folder)
    assert after == net, explain(net, after)


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
@few
@given(net=mass_action_networks())
def test_mass_action_comes_back_as_mass_action(suffix, folder, net):
    after = again(net, suffix, folder)
    assert after == net, explain(net, after)
    assert after.is_mass_action


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
def test_a_thousand_reactions_come_back_equal(suffix, folder):
    lines = [f"X{i} + X{7 * i % 500} -> X{(3 * i + 1) % 500} @ k{i}" for i in range(1000)]
    lines += [f"param k{i} = {0.123456789 + i / 1000}" for i in range(1000)]
    net = cs.network("\n".join(lines))
    assert again(net, suffix, folder) == net


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
def test_every_feature_comes_back_equal(suffix, folder):
    net = cs.network(EVERYTHING)
    after = again(net, suffix, folder)
    assert after == net, explain(net, after)


@pytest.mark.parametrize("suffix", [".json", ".xml"])
def test_standard_errors_come_back_as_metadata(suffix, folder):
    path = folder / f"errors{suffix}"
    cs.write(cs.network("A -> B @ k; param k = 0.1"), path, standard_errors={"k": 0.004})
    assert cs.read(path).metadata["standard_errors"] == {"k": 0.004}


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
@pytest.mark.parametrize("law", [cs.HillRepression("k", 0, "Q", "A"), cs.Hill("k", 0, "Q", "A")])
def test_a_half_saturation_of_zero_comes_back(law, suffix, tmp_path):
    net = cs.Network((cs.Reaction(cs.Complex({}), cs.Complex({"A": 1}), law),))
    assert again(net, suffix, tmp_path).reactions == net.reactions


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
@pytest.mark.parametrize(
    "law",
    [
        "(A - B)/(0^Z + A + B)",
        "(k*A - q*B)/(0^Z*m + A + 2*B)",
        "(0^Z*A - q*B)/(m + A + 2*B)",
        "(A - B)/(1 + 0^Z*A + B)",
        "(A - 0^Z*B)/(1 + A + B)",
        "k*A/(0^Z + A)",
        "k/(0^Z*m + A^2)",
    ],
)
def test_constants_that_may_be_zero_divide_nothing_where_laws_are_recognised(law, suffix, tmp_path):
    net = cs.network(f"A -> B @= {law}; init A = 1, B = 2")
    assert cs.recognise_laws(net) == net
    assert again(net, suffix, tmp_path).rates() == net.rates()


@pytest.mark.parametrize("stray", ["\x00", "\x01", "\x1b", "\x7f", "\x85", "\ufffe", "\ud800", "\u2028", "\t"])
def test_names_with_characters_that_no_file_holds_are_refused(stray, tmp_path):
    name = f"A{stray}B"
    with pytest.raises(NetworkError, match="without line breaks and controls"):
        cs.Network((cs.Reaction({name: 1}, {"C": 1}, 1),))
    with pytest.raises(NetworkError, match="a reaction name has no line breaks"):
        cs.Reaction({"A": 1}, {"C": 1}, 1, name)
    if stray not in "\x85\u2028":  # which end a line
        with pytest.raises(ParseError, match=r"line 2, column 5: a name with the control character"):
            cs.network(f'A -> B\nA + "{name}" -> C', source="m")


@pytest.mark.parametrize("name", ["A B", "é", "字", "💥", "\u200b", "\u202e", "²", "a\u00adb", "x\u0301", "\ue000"])
@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml"])
def test_other_characters_come_back(name, suffix, tmp_path):
    net = cs.Network((cs.Reaction({f"{name}1": 1}, {"C": 1}, 1, f"r {name}"),))
    assert again(net, suffix, tmp_path).reactions == net.reactions


@pytest.mark.parametrize("name", ['5"-AMP', '"A"', 'a "b" c', '"', "&quot;", 'A&amp;"', "%22", '5%25"', 'A->"B"; #'])
@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml", ".ant"])
def test_quotes_in_names_come_back(name, suffix, tmp_path):
    written = quoted(name)
    net = cs.network(f"{quoted('r ' + name)}: {written} -> C @ 1; C -> 2 {written} @= k*{written}; param k = 2")
    found = again(net, suffix, tmp_path)
    assert set(found.species_names) == {name, "C"}
    assert found.reactions[0].name == f"r {name}"
    assert cs.network(str(net)) == net
    assert net.latex("table")
