"""Orders that are not a choice: what unlike people both support, and what wins in pairs.

    bridging    how much every camp supports an item, each camp weighing the same
    pairwise    strengths from comparisons of two, how sure they are, and which two to compare next

Both are lenses: they order drafts and show what could be agreed on. Neither shares out seats; `selection` does.
"""

from allting.engine.ranking.bridging import Bridging, bridge
from allting.engine.ranking.pairwise import Strengths, count_wins, fit_strengths, prepare_pairs

__all__ = ["Bridging", "Strengths", "bridge", "count_wins", "fit_strengths", "prepare_pairs"]
