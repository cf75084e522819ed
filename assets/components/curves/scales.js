// From steps and values to places on a panel and back.
import { span } from "./axis.js";

export const PAD = { left: 46, right: 10, top: 8, bottom: 22 };

export function shown(view, panel) {
  return panel.curves.filter((curve) => !view.hidden.has(curve.group));
}

export function scales(view, panel, width, height) {
  const [from, to] = view.zoom ?? [0, view.end];
  const [low, high] = (view.zoom ? span(shown(view, panel), from, to) : panel.range) ?? [0, 1];
  const inner = width - PAD.left - PAD.right, tall = height - PAD.top - PAD.bottom;
  return {
    from, to, low, high,
    x: (step) => PAD.left + ((step - from) / (to - from || 1)) * inner,
    y: (value) => PAD.top + (1 - (value - low) / (high - low || 1)) * tall,
    step: (px) => from + ((px - PAD.left) / inner) * (to - from),
  };
}
