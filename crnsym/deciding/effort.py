"""How much a search tries: more finds more and takes longer. All of it is counted in work, none in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Numbers of fits, rounds and hypotheses, and sizes of libraries, by the part of the search that they bound."""

    # Landscapes and beams: `crnsym.search.landscape`, `crnsym.search.beam`
    width: int = 3  # mechanisms that must have been expanded before a library is done
    refits: int = 5  # fits that one expansion may ask for
    expansions: int = 20  # in one library; right answers of 26 random problems took 9, one in an open vessel 17
    below_elbow: int = 1  # sets about the elbow of an elimination that are fitted: smaller ones
    above_elbow: int = 3  # and larger ones
    thinned: int = 15  # reactions above which a set is thinned out before it is improved
    drops_tried: int = 5  # reactions whose loss is computed exactly before one is dropped
    changes: int = 60  # of one set of reactions

    # Laws first: `crnsym.search.strategies.lawful`, `crnsym.search.relaxed`, `crnsym.search.swapped`
    library: int = 1500  # reactions of a library that is searched in one piece
    guessed_library: int = 300  # of a guess: of those there are many
    few_species: int = 9  # up to which a reaction may have three products whatever its order
    third_order_look: int = 5  # expansions among three molecules where two convince: the score may like three better
    laws_given_up: int = 4  # combinations of laws
    laws_tried: int = 20  # combinations that are tried before one is given up
    laws_followed: int = 3  # combinations given up first that are followed: the weak form may like a wrong one best
    swapped_laws: int = 14  # laws that may take the place of another, the likeliest first
    swapped_sets: int = 3  # sets of other laws that are searched

    # Missing mass: `crnsym.search.hypotheses`, `crnsym.search.strategies.missing_mass`
    vectors: int = 6000  # shares in a conserved sum that are looked at
    paired: int = 1600  # combinations of courses of several unfollowed species, 3 ms each; see `courses.oddities`
    examined: int = 60  # hypotheses of which the weak form is evaluated carefully, 30 ms each
    hypotheses: int = 6  # searched at once, a round
    looked_at: int = 48  # that are fitted once
    least_hypotheses: int = 12  # that are searched before an answer that convinces ends it, the closest first
    most_hypotheses: int = 18  # that are searched
    guessed_expansions: int = 5  # of a hypothesis; the best answer is searched further as one that is doubted
    bound_forms: int = 1  # of a catalyst, beyond which other hypotheses are searched too

    # Catalysts: `crnsym.search.strategies.catalyst`
    forms: int = 4  # bound forms at most
    families: int = 8  # of steps that are fitted to all data
    cycles_grown: int = 4  # cycles that are searched from
    forms_followed: int = 3  # further bound forms that are searched from

    # Complexes first: `crnsym.search.strategies.complex_first`, `crnsym.search.local`, `crnsym.search.pieces`
    complex_library: int = 400  # complexes times species of a library that is searched, or offers neighbours, in full
    complex_starts: int = 2  # starts that are searched from
    complexes: int = 30  # that enter the elimination in the trajectory metric
    confirmations: int = 3  # rounds in the trajectory metric, each from the best answer so far
    local_refits: int = 14  # of one round of a local search
    local_rounds: int = 40  # of a local search
    moves_per_kind: int = 3  # refits spent on one combination of kind, dropped reaction and reactant complex
    move_pairs: int = 40  # additions a dropped reaction that are scored with non-negative rates
    runs_cut: int = 6  # runs that are cut into pieces
    singles: int = 300  # reactions that are tried alone where no prediction from nothing helps

    # Inserted steps and modules: `crnsym.search.structures`, `crnsym.search.screen`, `crnsym.search.strategies.modules`
    modules: int = 3000  # structures that are listed
    structures: int = 24  # that are handed on from a screen
    hopeless: float = 3.0  # times the lowest chi2 so far: a fit that stays far above is broken off
    module_species: int = 3  # measured species up to which an answer must also convince
    modules_grown: int = 3  # that are searched from
    modules_followed: int = 3  # mechanisms with one hidden species into which another is inserted
    modules_carried: int = 24  # mechanisms that are tried with another start of the hidden species

    # Known compositions: `crnsym.search.strategies.composed`, `crnsym.search.exchange`
    composed_starts: int = 100  # random ones
    composed_refined: int = 6  # that are searched from
    composed_reduced: int = 16  # that are reduced where nothing reaches the noise
    exchanges: int = 400  # of one search
    quiet_exchanges: int = 40  # in a row without a better mechanism, after which a search ends
    exchange_kept: int = 4  # mechanisms of one size from which the search goes on
    exchange_near: int = 2  # reactions more or less than the best has, in those that are grown from
    exchange_drops: int = 3  # reactions that may be dropped next
    exchange_most: int = 6  # and how many are tried while none was harmless

    # Mixtures: `crnsym.search.strategies.mixed`
    mixed_kept: int = 12  # mechanisms of each size that are fitted to everything
    mixed_grown: int = 6  # of each size that intermediates are put into
    mixed_pairs: int = 6000  # pairs of reactions that are tried
    mixed_hidden: int = 2  # species that nobody named

    # Starts from elsewhere, and what follows a search
    given_searched: int = 2  # of the given mechanisms
    networks: int = 3  # of a learner
    rounded: int = 12  # mechanisms from each of them
    fitted_again: int = 12  # fits that are made again with the noise of the residuals
    noises: int = 2  # times that the noise may change; none of 60 answers needed more than one
    doubted: int = 4  # answers that are doubted, one after the other
    rival_library: int = 2500  # reactions of the library that rivals come from
    handed_over: int = 40  # fits that a task hands over, the best-scoring ones
    reported_hidden: int = 10  # fits with hidden species that are reported a hypothesis about their start
    final_gap: float = 50.0  # score within which candidates get a final fit
    final_fits: int = 12  # and how many do
    left_out: int = 5  # candidates that are tried on left-out runs
    twins: int = 12  # twins of the answer that are fitted


EFFORT = Effort()
