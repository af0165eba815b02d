"""The gates: pure functions from what was measured, and from a card, to a sentence with its numbers.

A candidate must be shown not to be worse (non-inferiority, with the margin of the policy): the bound of candidate minus live
that holds at 95% from the bad side must lie within the margin. What is worse by more is refused, and so is what too few items
can tell of. Where nothing is live, the candidate is held against saying nothing, and against what its card promises.
"""
