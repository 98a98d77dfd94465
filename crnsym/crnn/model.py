"""The chemical reaction neural network (Ji & Deng 2021) as an Equinox module.

A hidden layer of "reactions" with exponential activation on logarithms of concentrations is a mass-action system
with real orders and real stoichiometry: r_j = exp(ln k_j + sum_i a_ji ln c_i), dc/dt = s^T r.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PyTree

from crnsym.errors import NetworkError

FORMS = ("tied", "separate")
GAS_CONSTANT = 8.314462618  # J/(mol K)


class CRNN(eqx.Module):
    """A chemical reaction neural network.

    Parameters
    ----------
    species, reactions
        Sizes.
    key
        Random start: weights 0.1 N(0, 1), so that every entry can still become reactant or product.
    form
        ``"tied"``: one net vector a reaction, order = net consumption; elementary reactions without catalysts.
        ``"separate"``: orders a and products b of their own, net = b - a; catalysts and autocatalysis as well.
    order_cap
        Largest order of one species in one reaction.
    log_rate
        Where the logarithms of the rate constants start (plus 0.1 N(0, 1)).  Far below ln(1/duration) the
        gradient is too small for a reaction ever to be learned.
    floor, ceiling
        ``(species,)`` concentrations below (above) count as this, inside the logarithm.  Tie the floor to the
        noise; the ceiling keeps a bad start from overflowing.
    allowed
        ``(reactions, species)`` booleans: False keeps a species out of a reaction altogether.
    known
        ``(orders, net)``, two integer arrays ``(n, species)`` with n <= reactions: the first n reactions are
        these, and only their rates are learned.
    temperature, spread
        Reference temperature in kelvin, which makes the rates depend on temperature (see :meth:`log_rates_at`), and
        the width of T_ref/T - 1 in the data, the unit in which that dependence is learned.
    power
        Whether to learn the power b of T^b as well; over a narrow range it says the same as Ea.
    stoichiometry_scale
        ``(species,)`` divides dc_i/dt when concentrations are measured in units of their own; 1 otherwise.

    Raises
    ------
    NetworkError
        If ``form`` is unknown or an array has the wrong shape.

    Examples
    --------
    >>> import crnsym as cs
    >>> import jax
    >>> model = cs.CRNN(species=3, reactions=2, key=jax.random.key(0))
    >>> model.orders.shape, model.net_stoichiometry.shape
    ((2, 3), (2, 3))
    """

    weights: Float[Array, "reactions species"]
    products: Float[Array, "reactions species"] | None
    log_rates: Float[Array, " reactions"]
    activation: Float[Array, " reactions"] | None
    exponent: Float[Array, " reactions"] | None
    floor: Float[Array, " species"]
    ceiling: Float[Array, " species"]
    stoichiometry_scale: Float[Array, " species"]
    order_cap: Float[Array, ""]
    reference: Float[Array, ""]
    spread: Float[Array, ""]
    allowed: Bool[Array, "reactions species"]
    fixed: Bool[Array, " reactions"]
    fixed_orders: Array
    fixed_net: Array
    form: str = eqx.field(static=True)

    def __init__(
        self,
        species: int,
        reactions: int,
        *,
        key: jax.Array,
        form: str = "tied",
        order_cap: float = 4.0,
        log_rate: float = -2.0,
        floor: "np.ndarray | float" = 1e-5,
        ceiling: "np.ndarray | float" = np.inf,
        allowed: np.ndarray | None = None,
        known: tuple[np.ndarray, np.ndarray] | None = None,
        temperature: float | None = None,
        spread: float = 0.03,
        power: bool = False,
        stoichiometry_scale: "np.ndarray | float" = 1.0,
    ) -> None:
        if form not in FORMS:
            raise NetworkError(f"form {form!r} is not one of {', '.join(FORMS)}")
        shape = (reactions, species)
        weights, products, rates = jax.random.split(key, 3)
        self.form = form
        self.weights = 0.1 * jax.random.normal(weights, shape)
        self.products = 0.1 * jax.random.normal(products, shape) if form == "separate" else None
        self.log_rates = log_rate + 0.1 * jax.random.normal(rates, (reactions,))
        self.activation = None if temperature is None else jnp.zeros(reactions)
        self.exponent = jnp.zeros(reactions) if power and temperature is not None else None
        self.reference = jnp.asarray(298.15 if temperature is None else temperature, self.weights.dtype)
        self.spread = jnp.asarray(spread, self.weights.dtype)
        self.floor, self.ceiling, self.stoichiometry_scale = (
            jnp.broadcast_to(jnp.asarray(value, self.weights.dtype), (species,))
            for value in (floor, ceiling, stoichiometry_scale)
        )
        self.order_cap = jnp.asarray(order_cap, self.weights.dtype)
        self.allowed = jnp.asarray(_shaped("allowed", np.ones(shape) if allowed is None else allowed, shape), bool)
        known_orders, known_net = ([], []) if known is None else known
        self.fixed = jnp.arange(reactions) < len(known_orders)
        self.fixed_orders = jnp.asarray(_padded("known", known_orders, shape))
        self.fixed_net = jnp.asarray(_padded("known", known_net, shape))

    @property
    def orders(self) -> Float[Array, "reactions species"]:
        """Real reaction orders, in [0, order_cap]; exactly zero where masked."""
        raw = -self.weights if self.form == "tied" else jnp.abs(self.weights)
        orders = jnp.clip(raw, 0.0, jax.lax.stop_gradient(self.order_cap))
        return jnp.where(self.fixed[:, None], self.fixed_orders, jnp.where(self.allowed, orders, 0.0))

    @property
    def net_stoichiometry(self) -> Float[Array, "reactions species"]:
        """Real net change of each species by one turnover."""
        net = self.weights if self.products is None else jnp.abs(self.products) - jnp.abs(self.weights)
        return jnp.where(self.fixed[:, None], self.fixed_net, jnp.where(self.allowed, net, 0.0))

    def log_rates_at(self, temperature: "Array | float | None" = None) -> Float[Array, " reactions"]:
        """Logarithms of the rate constants at a temperature in kelvin (the reference when None).

        ln k = ln k_ref - Ea/R (1/T - 1/T_ref) + b ln(T/T_ref), with Ea/(R T_ref) = ``activation / spread`` and b =
        ``exponent``.  Centring at T_ref removes most of the correlation between ln A and Ea.
        """
        if self.activation is None or temperature is None:
            return self.log_rates
        reference, spread = jax.lax.stop_gradient((self.reference, self.spread))
        log_rates = self.log_rates - self.activation * (reference / temperature - 1.0) / spread
        if self.exponent is not None:
            log_rates += self.exponent * jnp.log(temperature / reference)
        return log_rates

    @property
    def activation_energies(self) -> Float[Array, " reactions"] | None:
        """Activation energies in J/mol, or None for a network without temperature."""
        return None if self.activation is None else GAS_CONSTANT * self.reference * self.activation / self.spread

    def trainable(self) -> PyTree:
        """Return the pytree of booleans that marks what is trained, for ``training.fit`` and ``equinox.partition``."""
        nothing = jax.tree.map(lambda _: False, self)
        names = ["weights", "products", "log_rates", "activation", "exponent"]
        present = [name for name in names if getattr(self, name) is not None]
        return eqx.tree_at(lambda m: [getattr(m, n) for n in present], nothing, [True] * len(present))

    def kinks(self) -> PyTree:
        """Mark the trained parameters that enter through abs or max(0, .), for ``training.polish``."""
        arrays = jax.tree.map(lambda a: jnp.zeros(a.shape, bool), eqx.filter(self, self.trainable()))
        present = [name for name in ("weights", "products") if getattr(self, name) is not None]
        return eqx.tree_at(
            lambda m: [getattr(m, n) for n in present], arrays, [jnp.ones(self.allowed.shape, bool)] * len(present)
        )

    def fluxes(
        self, concentrations: Float[Array, " species"], temperature: "Array | float | None" = None
    ) -> Float[Array, " reactions"]:
        """Rates of all reactions, k prod c^a, with the floor in the logarithm."""
        return _fluxes(self.orders, self.log_rates_at(temperature), self.floor, self.ceiling, concentrations)

    # the signature of diffrax
    def __call__(self, t, y: Float[Array, " species"], args=None) -> Float[Array, " species"]:  # noqa: ARG002  # as diffrax
        """Return dy/dt, in the form that diffrax wants; ``args`` is the temperature or None."""
        return self.vector_field(args)(y)

    def vector_field(self, temperature: "Array | float | None" = None):
        """Return the function y -> dy/dt with everything that does not depend on y already computed."""
        orders, log_rates = self.orders, self.log_rates_at(temperature)
        net = self.net_stoichiometry / jax.lax.stop_gradient(self.stoichiometry_scale)
        return lambda y: net.T @ _fluxes(orders, log_rates, self.floor, self.ceiling, y)


def _fluxes(orders, log_rates, floor, ceiling, concentrations):
    floor, ceiling = jax.lax.stop_gradient((floor, ceiling))
    return jnp.exp(log_rates + orders @ jnp.log(jnp.clip(concentrations, floor, ceiling)))


def _shaped(name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if np.shape(values) != shape:
        raise NetworkError(f"{name} has the shape {np.shape(values)}; expected (reactions, species) = {shape}")
    return np.asarray(values)


def _padded(name: str, rows, shape: tuple[int, int]) -> np.ndarray:
    rows = np.asarray(rows, int).reshape(-1, shape[1])
    if len(rows) > shape[0]:
        raise NetworkError(f"{name} has {len(rows)} reactions, but the network only {shape[0]}; raise reactions")
    return np.concatenate([rows, np.zeros((shape[0] - len(rows), shape[1]), int)])
