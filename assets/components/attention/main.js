// The attention view: every head of one kind as a thumbnail, one head in detail. Python sends one blob of
// bytes; hover, lock and change of head happen here, and only a committed choice of head goes back.
import { unpack } from "../shared/blob.js";
import { listen } from "./act.js";
import { reconcile, validChoice } from "./choice.js";
import { buildCells, buildKinds } from "./elements.js";
import { repaint } from "./paint.js";
import { DEFAULTS, showSettings } from "./settings.js";
import { squared } from "./transform.js";

const VIEWS = new WeakMap();

export default function attention({ parentElement, data, setStateValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = build(parentElement)));
  view.send = setStateValue;
  if (data && data !== view.bytes) receive(view, data);
  view.restyle = true;
  repaint(view);
  return () => {
    view.listeners.abort();
    view.observer.disconnect();
    clearTimeout(view.timer);
    clearTimeout(view.words);
    cancelAnimationFrame(view.frame);
    VIEWS.delete(parentElement);
  };
}

function build(parent) {
  const part = Object.fromEntries(["view", "kinds", "ramp", "low", "top", "quantity", "scaling", "controls", "more", "save", "massed", "caption", "count", "known", "heads", "thumbs", "cells", "title", "scroll", "detail", "tip",
    "line", "release", "words", "model", "tensor", "dims", "note"].map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, listeners: new AbortController(), choice: null, sent: 0, waiting: false, hover: null, lock: null, pointed: null, settings: { ...DEFAULTS }, sets: {}, facts: {}, pictures: {}, drawn: 0, frame: 0 };
  listen(view);
  view.observer = new ResizeObserver(() => {
    if (`${part.heads.clientWidth} ${part.scroll.clientWidth}` !== view.widths) repaint(view);
  });
  view.observer.observe(part.heads);
  view.observer.observe(part.scroll);
  document.fonts?.ready.then(() => repaint(view));
  return view;
}

function receive(view, bytes) {
  performance.mark("dawn-attention-data");
  const { header, arrays: all } = unpack(bytes, "float16");
  const [arrays, norms] = [{}, {}];
  for (const [name, array] of Object.entries(all)) (name.endsWith("_norms") ? norms : arrays)[name.replace("_norms", "")] = array;
  const sameTokens = JSON.stringify([header.src, header.tgt]) === view.tokens;
  if (arrays.decoder) arrays.decoder = squared(arrays.decoder);
  if (!view.bytes) view.sent = header.seen;
  Object.assign(view, { bytes, header, arrays, norms, sets: {}, facts: {}, pictures: {}, tokens: JSON.stringify([header.src, header.tgt]) });
  if (!sameTokens) view.hover = view.lock = view.pointed = null;
  const choice = validChoice(reconcile(view, header), arrays);
  if (choice.kind !== view.choice?.kind) view.hover = view.lock = null;
  view.choice = choice;
  buildKinds(view);
  buildCells(view);
  showSettings(view);
}
