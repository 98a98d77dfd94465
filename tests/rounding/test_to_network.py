import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.network.text import network
from crnsym.rounding.to_network import to_network

CATALYSIS = Mechanism(
    ("A", "B", "k1"),
    np.array([[2, 0, 0], [1, 1, 0], [0, 0, 0]]),
    np.array([[0, 1, 0], [0, 2, 0], [0, 0, 1]]),
    np.log([0.12345678, 2.0, 3e-9]),
    ("found",),
)


def test_a_mechanism_becomes_the_network_it_stands_for():
    found = to_network(CATALYSIS, initial={"A": 1.5})
    expected = network(
        "species A, B, k1; 2 A -> B @ k1_; A + B -> 2 B @ k2; 0 -> k1 @ k3;"
        "param k1_ = 0.123457, k2 = 2, k3 = 3e-9; init A = 1.5"
    )
    assert found == expected


def test_rate_names_keep_clear_of_species():
    assert set(to_network(CATALYSIS).parameters) == {"k1_", "k2", "k3"}


def test_errors_are_kept_in_units_of_the_rates():
    found = to_network(CATALYSIS, errors=[0.1, 0.01, 0.5])
    assert np.isclose(found.metadata["standard_errors"]["k2"], 0.02)
    assert found.metadata["provenance"] == ("found",)
