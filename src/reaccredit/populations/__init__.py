"""Many histories at once, in columns: the second engine of the policy, for populations and for checking the first.

The rule core answers about one case with every reason. Here the same shapes of standings (`policy.shapes`) become numbers, a fact
becomes one look-up for thousands of cases, and dates are columns of microseconds. What a date decides is reckoned for whole
columns from the same terms; whatever cannot be is asked of the rule core, case by case.
"""

from reaccredit.populations.comparing import Compared, compare
from reaccredit.populations.folding import Folded, fold
from reaccredit.populations.histories import Population

__all__ = ["Compared", "Folded", "Population", "compare", "fold"]
