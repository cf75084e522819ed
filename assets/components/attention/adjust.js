// What a person sets: how the weights are shown.
import { listening } from "../shared/dom.js";
import { closing } from "../shared/save.js";
import { repaint } from "./paint.js";
import { remember } from "./remember.js";
import { DEFAULTS, showSettings } from "./settings.js";

export function listenToSettings(view) {
  const on = listening(view.listeners), { part } = view;
  on(part.view, "input", ({ target }) => target.name in DEFAULTS && adjust(view, target.name, valueOf(target)));
  closing(part.more, on);
}

function valueOf({ type, name, checked, value }) {
  if (type === "range") return Number(value) / 100;
  return type === "checkbox" ? (name === "specials" ? !checked : checked) : value;
}

/** Change one setting. Where tokens are others than before, what was locked is free again. */
export function adjust(view, name, value) {
  if (view.settings[name] === value) return;
  view.settings[name] = value;
  if (name === "unit" || name === "specials") view.hover = view.lock = null;
  view.pictures = {};
  showSettings(view);
  remember(view);
  repaint(view);
}
