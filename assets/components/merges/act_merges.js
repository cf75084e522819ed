// A word is chosen, its merges are played, stepped and scrubbed.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { paintStep, paintWord } from "./paint_merges.js";

const BEAT = 900; // milliseconds a merge

export function listenMerges(view) {
  const { part } = view, on = listening(view.listeners);
  on(part.words, "click", ({ target }) => {
    const place = target.closest("[data-word]")?.dataset.word;
    if (place !== undefined) choose(view, Number(place));
  });
  for (const [name, to] of [["first", () => 0], ["previous", () => view.count - 1], ["next", () => view.count + 1], ["last", () => Infinity]]) {
    on(part[name], "click", () => goTo(view, to()));
  }
  on(part.scrub, "input", () => goTo(view, Number(part.scrub.value)));
  on(part.body, "click", ({ target }) => {
    const step = target.closest("[data-step]")?.dataset.step;
    if (step) goTo(view, Number(step));
  });
  on(part.play, "click", () => (view.timer ? pause(view) : play(view)));
  view.listeners.signal.addEventListener("abort", () => clearInterval(view.timer));
}

export function choose(view, place, count = 0) {
  clearInterval(view.timer);
  Object.assign(view, { timer: null, chosen: place, word: view.header.words[place] });
  view.count = clamp(0, count, view.word.merges.length);
  paintWord(view);
  paintStep(view);
  remember(view);
}

function goTo(view, count) {
  clearInterval(view.timer);
  view.timer = null;
  step(view, count);
}

function step(view, count) {
  view.count = clamp(0, count, view.word.merges.length);
  if (view.timer && view.count === view.word.merges.length) {
    clearInterval(view.timer);
    view.timer = null;
  }
  paintStep(view);
  if (!view.timer) remember(view);
}

function play(view) {
  const begin = view.count >= view.word.merges.length ? 0 : view.count + 1;
  view.timer = setInterval(() => step(view, view.count + 1), BEAT);
  step(view, begin);
}

function pause(view) {
  clearInterval(view.timer);
  view.timer = null;
  step(view, view.count);
}

const remember = (view) => view.address.keep({ word: view.chosen + 1, made: view.count });
