// From places on the axes to places on a panel and back.
import { clock, compact, logTicks, short, span, ticks, timeTicks } from "./axis.js";

export const PAD = { left: 46, right: 10, top: 8, bottom: 22 };

/** What the curves may run along: steps as they came, or the tokens or seconds by then. */
export const AXES = {
  step: { name: "steps", ticks, label: short },
  tokens: { name: "tokens", ticks, label: compact },
  seconds: { name: "time", ticks: timeTicks, label: clock },
};

export function shown(view, panel) {
  return panel.curves.filter((curve) => !view.hidden.has(curve.group));
}

export function scales(view, panel, width, height) {
  const log = view.log && panel.log;
  const [from, to] = view.zoom ?? [0, view.ends[view.axis]];
  const whole = !view.zoom && !log;
  const [low, high] = (whole ? panel.range : span(shown(view, panel), from, to, log)) ?? [log ? 0.1 : 0, 1];
  const inner = width - PAD.left - PAD.right, tall = height - PAD.top - PAD.bottom;
  const share = log
    ? (value) => Math.log(value / low) / (Math.log(high / low) || 1)
    : (value) => (value - low) / (high - low || 1);
  return {
    from, to, low, high, log,
    x: (place) => PAD.left + ((place - from) / (to - from || 1)) * inner,
    y: (value) => PAD.top + (1 - share(value)) * tall,
    place: (px) => from + ((px - PAD.left) / inner) * (to - from),
    levels: (wanted) => (log ? logTicks : ticks)(low, high, wanted),
  };
}
