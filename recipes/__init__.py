"""How models are made on a GPU, a leg a file; each takes up what the one before it left.

`python -m recipes.text` makes the training text out of a folder of corpora; then, on one GPU,
`python -m recipes LEG` goes through a leg, in the order of their worth: `base`, its `translations`
of the text, `tiny` from both, the `lesson`, the `tables` of speed, `decoding`, `profile`,
`ablations`, and the `scores` of all that was trained.
"""
