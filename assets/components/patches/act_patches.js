// Hover previews a token, the arrow keys lead from patch to patch, a press on the picture hides one; heads are chosen in their grid.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { headAt, repaintAll } from "./draw_patches.js";
import { lineTokenAt, placesTokenAt } from "./draw_tokens.js";
import { gazeText, ledTo, ledToHead, patchAt } from "./gaze.js";
import { sayAll } from "./side_patches.js";

const BEAT_PATCHES = 140; // milliseconds a patch

export function listenPatches(view) {
  const { part } = view, on = listening(view.listeners);
  const finders = { picture: (x, y, width) => patchAt(x, y, width, view.across), look: (x, y, width) => patchAt(x, y, width, view.across), places: (x, y, width) => placesTokenAt(view, x, y, width), line: (x, y, width, height) => lineTokenAt(view, x, y, width, height) };
  for (const [name, find] of Object.entries(finders)) {
    const under = ({ offsetX, offsetY }) => find(offsetX, offsetY, part[name].clientWidth, part[name].clientHeight);
    on(part[name], "pointermove", (event) => preview(view, under(event)));
    on(part[name], "pointerleave", () => preview(view, null));
    on(part[name], "click", (event) => {
      const token = under(event);
      if (token === null) return;
      gaze(view, { token });
      if (name === "picture") hidePatch(view, token);
    });
  }
  on(part.picture, "keydown", (event) => {
    const presses = event.key === "Enter" || event.key === " ", to = ledTo(view.token, event.key, view.across);
    if (to === undefined && !presses) return;
    event.preventDefault();
    view.hover = null;
    if (!presses) gaze(view, { token: to });
    else if (view.token && !event.repeat) hidePatch(view, view.token);
  });
  on(part.heads, "click", ({ offsetX, offsetY }) => {
    const found = headAt(view, offsetX, offsetY, part.heads.clientWidth, part.heads.clientHeight);
    if (found) gaze(view, found);
  });
  on(part.heads, "keydown", (event) => {
    const [layers, heads] = view.arrays.attention.shape, to = ledToHead(view, event.key, layers, heads);
    if (!to) return;
    event.preventDefault();
    gaze(view, to);
  });
  on(part.hiding, "click", ({ target }) => {
    const { all } = target.closest("[data-all]")?.dataset ?? {};
    if (all) view.streamlit.setTriggerValue("hide", { all });
  });
  listenSteps(view, on);
}

function listenSteps(view, on) {
  const { part } = view;
  on(part.play, "click", () => (view.timer ? stopPlaying(view) : startPlaying(view)));
  on(part.previous, "click", () => goStep(view, view.step - 1));
  on(part.next, "click", () => goStep(view, view.step + 1));
  on(part.scrub, "input", () => goStep(view, Number(part.scrub.value)));
  view.listeners.signal.addEventListener("abort", () => clearInterval(view.timer));
}

/** Python answers with the picture seen without it, or with it again. */
function hidePatch(view, token) {
  view.streamlit.setTriggerValue("hide", { patch: token - 1 });
}

function preview(view, token) {
  if (token === view.hover) return;
  view.hover = token;
  sayAll(view);
  repaintAll(view);
}

/** Another token, head or step. */
export function gaze(view, change) {
  Object.assign(view, change);
  view.address.keep(gazeText(view, view.tokens));
  sayAll(view);
  repaintAll(view);
}

function goStep(view, step) {
  clearInterval(view.timer);
  view.timer = null;
  gaze(view, { step: clamp(0, step, view.tokens) });
}

function startPlaying(view) {
  view.timer = setInterval(() => {
    view.step += 1;
    if (view.step >= view.tokens) return goStep(view, view.tokens);
    sayAll(view);
    repaintAll(view);
  }, BEAT_PATCHES);
  if (view.step >= view.tokens) view.step = 0;
  sayAll(view);
  repaintAll(view);
}

function stopPlaying(view) {
  goStep(view, view.step);
}
