"""Who judges what: a problem goes in, a proposal with its reasons comes out. No Django, no clock, no database.

`reading.read` makes a `Problem` of JSON, `solving.solve` a `Proposal` of a problem. Which rule stands between a person and
an item is said in one place (`barring`), what a choice costs in another (`costing`); the solver, the explanations and the
relaxation all ask those two. The standard library is enough for the items of a review; thousands of items go to OR-Tools
(`large`, the extra `solver`).
"""
