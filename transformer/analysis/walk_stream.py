"""The stream that attention reads and writes: what a layer is given, its norms, its sums."""

from __future__ import annotations

import math

import numpy as np

from transformer.analysis.dependencies import EPSILON, Use
from transformer.analysis.walk_site import Site


def entering(site: Site) -> None:
    """x, what the sublayer is given: the sum of embedding and position, the layer before, or the
    stream after the decoder's self-attention."""
    if site.kind == "cross":
        _after_self_attention(site)
    elif site.layer == 0:
        _embedded(site)
    else:
        site.traced("x", "x", f"{site.stack}.layers.{site.layer - 1}.output", "query width")
        site.step("input", "x", "x")
    if site.kind == "cross":
        site.traced("memory", "memory", "encoder.memory", "key width")


def _embedded(site: Site) -> None:
    """Section 3.4: the row of the embedding times sqrt(D); section 3.5: plus its position."""
    root = math.sqrt(site.width)
    site.traced("rows", "E", f"{site.side}_embedding.rows", "query width")
    site.add("root_d", "√D", np.array(root, np.float32), "one one", code=f"{site.width} ** 0.5")
    uses = (Use("rows"), Use("root_d", "0", "0"))
    site.traced("scaled", "E√D", f"{site.side}_embedding.scaled", "query width", "times", uses)
    site.traced("position", "PE", f"{site.side}_positions.encoding", "query width")
    uses = (Use("scaled"), Use("position"))
    site.traced("x", "x", f"{site.side}_positions.sum", "query width", "add", uses)
    site.step("input", "x = E√D + PE", "scaled", "x")


def _after_self_attention(site: Site) -> None:
    """The queries of cross-attention come from the stream behind the masked self-attention."""
    below = f"decoder.layers.{site.layer - 1}.output" if site.layer else "tgt_positions.sum"
    post = site.model.config.norm == "post"
    site.traced("before", "x₀", below, "query width")
    site.traced("attended", "MultiHead₀", f"{site.base}.self_attention.output", "query width")
    name, symbol = ("stream", "x₀ + MultiHead₀") if post else ("x", "x")
    added(site, name, symbol, "before", "attended")
    site.step("stream", "x₀ + MultiHead₀" if post else "x = x₀ + MultiHead₀", name)
    if post:
        norm(site, "stream-norm", "stream", f"{site.base}.norm_1", "x", "x")


def added(site: Site, name: str, symbol: str, left: str, right: str) -> None:
    """A residual connection: the sum of two tensors, cell by cell."""
    code = f"({site.rows_of(left)} + {site.rows_of(right)})"
    values, uses = site[left] + site[right], (Use(left), Use(right))
    site.add(name, symbol, values, "query width", "add", uses, dims=f"{site.side[0]} d", code=code)


def norm(site: Site, step: str, source: str, module: str, name: str, symbol: str) -> None:
    """LayerNorm (Ba et al., 2016): each row to mean 0, deviation 1, times a gain, plus a bias."""
    x, row, letter = site[source], site.rows_of(source), site.side[0]
    _statistics(site, source, name)
    mean, deviation, gain, bias = (f"{name}.{p}" for p in ("mean", "deviation", "gain", "bias"))
    site.parameter(gain, "γ", f"{module}.weight", "one width", slice(0, site.width))
    site.parameter(bias, "β", f"{module}.bias", "one width", slice(0, site.width))
    values = (x - site[mean]) / site[deviation] * site[gain] + site[bias]
    statistics = (Use(mean, cols="0"), Use(deviation, cols="0"))
    uses = (Use(source), *statistics, Use(gain, "0"), Use(bias, "0"))
    about = {"dims": f"{letter} d", "code": f'bundle.model.get_submodule("{module}")({row})'}
    site.add(name, symbol, values, "query width", "normalise", uses, **about)
    formula = f"{symbol} = LayerNorm({site.made[source].symbol}) = ("
    formula += f"{site.made[source].symbol} − μ) / σ · γ + β"
    site.step(step, formula, mean, deviation, name)


def _statistics(site: Site, source: str, name: str) -> None:
    """The mean of each row, and its deviation: the square root of variance plus epsilon."""
    x, row, letter = site[source], site.rows_of(source), site.side[0]
    mean, deviation = x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + EPSILON)
    whole, code = Use(source, cols="*"), f"{row}.mean()"
    about = {"dims": letter, "code": code}
    site.add(f"{name}.mean", "μ", mean, "query one", "mean", (whole,), **about)
    about["code"] = f"({row}.var(correction=0) + {float(EPSILON):.0e}).sqrt()"
    uses = (whole, Use(f"{name}.mean", cols="0"))
    site.add(f"{name}.deviation", "σ", deviation, "query one", "deviation", uses, **about)
