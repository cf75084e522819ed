"""The steps of a walk through equation 1 for one head, and through W_O back into the stream."""

from __future__ import annotations

import math

import numpy as np

from transformer.analysis.dependencies import Use
from transformer.analysis.walk_site import Site
from transformer.analysis.walk_stream import added


def looking(site: Site, queries: str) -> None:
    """Equation 1 for one head: queries, keys, values, and what comes home."""
    keys = "memory" if site.kind == "cross" else queries
    for letter, step, axis, source in (
        ("q", "queries", "query", queries),
        ("k", "keys", "key", keys),
        ("v", "values", "key", keys),
    ):
        _projected(site, letter, step, axis, source)
    _scores(site)
    _softmax(site)
    uses = (Use("weights", cols="*"), Use("v", "*"))
    _of_heads(site, uses)


def _projected(site: Site, letter: str, step: str, axis: str, source: str) -> None:
    big, module = letter.upper(), f"{site.attention}.w_{letter}"
    site.parameter(f"w_{letter}", f"W_{big}", f"{module}.weight", "width head", site.columns)
    site.parameter(f"b_{letter}", f"b_{big}", f"{module}.bias", "one head", site.columns)
    uses = (Use(source, cols="*"), Use(f"w_{letter}", "*"), Use(f"b_{letter}", "0"))
    tap = f"{site.attention}.{letter}"
    site.traced(letter, letter, tap, f"{axis} head", "dot", uses, site.head)
    symbol = site.made[source].symbol
    site.step(step, f"{letter} = {symbol} W_{big} + b_{big}", letter)


def _scores(site: Site) -> None:
    """q·k, over sqrt(d_k), and -∞ where the mask forbids (section 3.2.3)."""
    trace = f'trace["{site.attention}.{{}}"][0, {site.head}'
    code = f"({trace.format('q')}, {{i}}] @ {trace.format('k')}].T)"
    uses, pairs = (Use("q", cols="*"), Use("k", "j", "*")), "query key"
    dims = site.dims[f"{site.attention}.scores"].removeprefix("b h ")
    site.add("dots", "q·k", site["q"] @ site["k"].T, pairs, "dot", uses, dims=dims, code=code)
    site.step("dots", "q · k", "dots")
    root = np.array(math.sqrt(site.d_k), np.float32)
    site.add("root_k", "√d_k", root, "one one", code=f"{site.d_k} ** 0.5")
    uses = (Use("dots"), Use("root_k", "0", "0"))
    site.traced("scores", "score", f"{site.attention}.scores", pairs, "over", uses, site.head)
    site.step("scale", "score = q · k / √d_k", "scores")
    count = site["scores"].shape
    causal = site.kind == "decoder"
    allowed = np.tril(np.ones(count, bool)) if causal else np.ones(count, bool)
    site.add("allowed", "mask", allowed, pairs, dims=dims)
    values = np.where(allowed, site["scores"], np.float32(-np.inf))
    code = site.rows_of("scores")
    if causal:
        code += f".masked_fill(torch.arange({count[1]}) > {{i}}, -torch.inf)"
    uses = (Use("scores"), Use("allowed"))
    site.add("masked", "masked", values, pairs, "mask", uses, dims=dims, code=code)
    site.step("mask", "score where allowed, else −∞", "masked")


def _softmax(site: Site) -> None:
    """exp(score - largest) over the sum of them; taking the largest off changes nothing but keeps
    exp from overflowing."""
    masked, row, pairs = site["masked"], site.rows_of("masked"), "query key"
    dims = site.made["masked"].dims
    largest = masked.max(-1, keepdims=True)
    exp = np.exp(masked - largest)
    one = {"dims": dims.split()[0]}
    uses: tuple[Use, ...] = (Use("masked", cols="*"),)
    code = f"{row}.max()"
    site.add("largest", "max", largest, "query one", "largest", uses, code=code, **one)
    uses, code = (Use("masked"), Use("largest", cols="0")), f"({row} - {row}.max()).exp()"
    site.add("exp", "exp", exp, pairs, "exp", uses, dims=dims, code=code)
    uses, total = (Use("exp", cols="*"),), exp.sum(-1, keepdims=True)
    site.add("total", "Σ exp", total, "query one", "total", uses, code=f"{code}.sum()", **one)
    uses = (Use("exp"), Use("total", cols="0"))
    site.traced("weights", "α", f"{site.attention}.weights", pairs, "over", uses, site.head)
    step = "α = softmax(score) = exp(score − max) / Σ\u00a0exp"
    site.step("softmax", step, "largest", "exp", "total", "weights")


def _of_heads(site: Site, uses: tuple[Use, ...]) -> None:
    """This head's weighted sum of values, and all heads side by side."""
    tap = f"{site.attention}.heads"
    names = [f"head_{number + 1}" for number in range(site.heads)]
    for number, name in enumerate(names):
        rule = ("dot", uses) if number == site.head else ("", ())
        site.traced(name, name, tap, "query head", *rule, head=number)
    own = names[site.head]
    site.step("blend", f"{own} = Σ α v", own)
    places = tuple(Use(name, shift=number * site.d_k) for number, name in enumerate(names))
    values = np.concatenate([site[name] for name in names], axis=1)
    about = {"dims": f"{site.side[0]} d", "code": f'trace["{tap}"][0, :, {{i}}].flatten()'}
    site.add("concat", "Concat", values, "query width", "place", places, **about)
    last = f", …, {names[-1]}" if len(names) > 2 else f", {names[-1]}" if len(names) > 1 else ""
    site.step("concat", f"Concat(head_1{last})", "concat")


def leaving(site: Site) -> None:
    """W_O mixes the heads (section 3.2.2); the residual connection adds what came in."""
    whole, module = slice(0, site.width), f"{site.attention}.w_o"
    site.parameter("w_o", "W_O", f"{module}.weight", "width width", whole)
    site.parameter("b_o", "b_O", f"{module}.bias", "one width", whole)
    uses = (Use("concat", cols="*"), Use("w_o", "*"), Use("b_o", "0"))
    site.traced("output", "MultiHead", f"{site.attention}.output", "query width", "dot", uses)
    site.step("output", "MultiHead = Concat W_O + b_O", "output")
    added(site, "residual", "x + MultiHead", "x", "output")
    site.step("residual", "x + MultiHead", "residual")
