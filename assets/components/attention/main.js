// The attention view: every head of one kind as a thumbnail, one head in detail. Python sends one blob of
// bytes; hover, lock and change of head happen here, and only a committed choice of head goes back.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { listen } from "./act.js";
import { reconcile, validChoice } from "./choice.js";
import { buildCells, buildKinds } from "./elements.js";
import { repaint } from "./paint.js";
import { lockFrom, remember, settingsFrom } from "./remember.js";
import { showSettings } from "./settings.js";
import { current } from "./shown.js";
import { squared } from "./transform.js";

const PARTS = ["view", "kinds", "ramp", "low", "top", "quantity", "scaling", "controls", "more", "save", "massed", "caption", "count", "known", "heads", "thumbs", "cells", "title", "scroll", "detail", "tip",
  "line", "roles", "release", "words", "model", "tensor", "dims", "note"];

export default mounted({ build, receive, draw, end });

function build(parent) {
  const part = partsOf(parent, PARTS), listeners = new AbortController();
  const view = { part, listeners, choice: null, sent: 0, waiting: false, hover: null, lock: null, pointed: null, settings: settingsFrom({}), sets: {}, facts: {}, pictures: {}, drawn: 0, frame: 0 };
  listen(view);
  view.observer = new ResizeObserver(() => {
    if (`${part.heads.clientWidth} ${part.scroll.clientWidth}` !== view.widths) repaint(view);
  });
  view.observer.observe(part.heads);
  view.observer.observe(part.scroll);
  document.fonts?.ready.then(() => repaint(view));
  return view;
}

function draw(view) {
  view.restyle = true;
  repaint(view);
}

function end(view) {
  view.observer.disconnect();
  clearTimeout(view.timer);
  clearTimeout(view.words);
  cancelAnimationFrame(view.frame);
}

function receive(view, bytes) {
  performance.mark("dawn-attention-data");
  const { header, arrays: all } = unpack(bytes, "float16", "float32");
  const [arrays, norms] = [{}, {}];
  for (const [name, array] of Object.entries(all)) (name.endsWith("_norms") ? norms : arrays)[name.replace("_norms", "")] = array;
  const sameTokens = JSON.stringify([header.src, header.tgt]) === view.tokens;
  if (arrays.decoder) arrays.decoder = squared(arrays.decoder);
  const first = !view.bytes;
  if (first) {
    view.sent = header.seen;
    view.address = new Address(header.address, view.listeners);
    view.settings = settingsFrom(view.address.read());
  }
  Object.assign(view, { header, arrays, norms, sets: {}, facts: {}, pictures: {}, tokens: JSON.stringify([header.src, header.tgt]) });
  if (!sameTokens) view.hover = view.lock = view.pointed = view.told = null;
  const choice = validChoice(reconcile(view, header), arrays);
  if (choice.kind !== view.choice?.kind) view.hover = view.lock = null;
  view.choice = choice;
  if (first) view.lock = lockFrom(view.address.read(), current(view));
  view.part.save.querySelector('[data-take="python"]').hidden = !header.script;
  buildKinds(view);
  buildCells(view);
  showSettings(view);
  remember(view);
}
