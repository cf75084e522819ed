"""The Transformer of "Attention Is All You Need" (Vaswani et al., 2017), written to be read.

One alphabet of shapes, used in every docstring, in every tap and on the screen:

    B  batch                 D  model width (d_model)      V  vocabulary
    S  source positions      H  heads                      L  layers
    T  target positions      K  width of a head (d_k)      F  feed-forward width

Of images:

    P  class token, patches  G  patches alone (P - 1)      N  numbers of a patch
    C  channels of a map     Y  rows, X columns            V  classes

A shape is written with spaces, lower case: "b h t s" is batch x heads x target x source positions.
Masks are boolean, True = may look.
"""
