// What a person does: point at a place, drag over a stretch to zoom, with the mouse or with keys.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { redraw } from "./draw.js";
import { say } from "./words.js";

export function listen(view, panel, first) {
  const on = listening(view.listeners);
  const zoom = (range) => {
    view.zoom = range;
    view.all.hidden = !range;
    redraw(view);
  };
  const place = (event) => event.clientX - panel.canvas.getBoundingClientRect().left;
  if (first) on(view.all, "click", () => zoom(null));
  on(panel.canvas, "dblclick", () => zoom(null));
  on(panel.canvas, "pointerdown", (event) => {
    if (event.pointerType === "touch" || !panel.range) return;
    panel.canvas.setPointerCapture(event.pointerId);
    view.drag = { panel, start: place(event), now: place(event) };
  });
  on(panel.canvas, "pointermove", (event) => {
    if (!panel.range) return;
    if (view.drag) view.drag.now = place(event);
    point(view, panel, panel.scale.place(place(event)));
  });
  on(panel.canvas, "pointerup", () => {
    const drag = view.drag;
    view.drag = null;
    if (drag && Math.abs(drag.now - drag.start) > 8) {
      zoom([drag.start, drag.now].map((px) => Math.max(0, panel.scale.place(px))).sort((a, b) => a - b));
    } else redraw(view);
  });
  for (const type of ["pointerleave", "pointercancel", "blur"]) on(panel.canvas, type, () => !view.drag && point(view, null, null));
  on(panel.canvas, "keydown", (event) => key(view, panel, event, zoom));
}

function key(view, panel, event, zoom) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Escape") {
    zoom(null);
    point(view, null, null);
  } else if (by && panel.range) {
    event.preventDefault();
    const { from, to } = panel.scale;
    point(view, panel, (view.at ?? to) + (by * (to - from)) / 50);
  }
}

function point(view, panel, place) {
  const [from, to] = view.zoom ?? [0, view.ends[view.axis]];
  view.at = place === null ? null : clamp(from, place, to);
  view.over = panel;
  say(view);
  redraw(view);
}
