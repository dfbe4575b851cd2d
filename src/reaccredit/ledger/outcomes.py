"""The words of this product for what becomes of an area. The shipped policies use the same ones in their `[areas]`; a test holds that."""

from __future__ import annotations

ACCEPTABLE = "acceptable"
NOT_ACCEPTABLE = "not-acceptable"
WITHDRAWN = "withdrawn"
DEFICIENCY = "deficiency"  # the counter of reports that were not passed
