"""What moves concentrations in a vessel: mass action, flow, and what is done to it from time to time."""

from ..data.operation.plan import BEGIN, FIRST, KEEP
from ..files.compiled import njit


@njit(cache=True, error_model="numpy")
def field(c, slots, rates, net, dilution, inflow, f, jacobian):
    """Vector field and its Jacobian; ``slots`` (reactions, order) holds species indices, -1 for none.

    ``inflow`` (species,) comes in beside the reactions, and everything is diluted at the rate ``dilution``.
    """
    n = c.shape[0]
    jacobian[:] = 0.0
    for i in range(n):
        f[i] = inflow[i] - dilution * c[i]
        jacobian[i, i] = -dilution
    order = slots.shape[1]  # gathering and multiplying, never a power: 0**0 has no derivative
    for j in range(slots.shape[0]):
        flux = rates[j]
        for s in range(order):
            if slots[j, s] >= 0:
                flux *= c[slots[j, s]]
        for i in range(n):
            f[i] += net[j, i] * flux
        for s in range(order):
            m = slots[j, s]
            if m >= 0:
                partial = rates[j]
                for q in range(order):
                    if q != s and slots[j, q] >= 0:
                        partial *= c[slots[j, q]]
                for i in range(n):
                    jacobian[i, m] += net[j, i] * partial


@njit(cache=True, error_model="numpy")
def disturb(plan, place, t, y, z):
    """Carry out what happens up to time ``t``: concentrations and their sensitivities jump; return the stretch."""
    n = y.shape[0]
    while place + 1 < plan.shape[0] and plan[place + 1, BEGIN] <= t:
        place += 1
        # What is withdrawn or diluted keeps a share of every amount; what is added does not depend on parameters.
        keep = plan[place, KEEP]
        for i in range(n):
            y[i] = keep * y[i] + plan[place, FIRST + n + i]
            for c in range(z.shape[1]):
                z[i, c] *= keep
    return place
