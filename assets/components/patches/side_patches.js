// Words and the table of classes beside the pictures.
import { element } from "../shared/dom.js";
import { tokenOf } from "./draw_patches.js";
import { rowOf, toldMost, toldPaint, toldToken } from "./gaze.js";

/** What the server sent, in words: classes, paint, provenance. */
export function fillWords(view) {
  const { part, header } = view;
  part.erred.textContent = toldPaint(view.hidden, header.errors, view.tokens);
  part.model.textContent = header.provenance;
  part.sum.textContent = header.exclusive ? `one of ${header.count}: a softmax, so all sum to 1` : `a sigmoid each, so they need not sum to 1: all ${header.count} together ${header.sum.toFixed(2)}`;
  part.which.textContent = view.arrays.twin ? "One patch, made a vector twice" : "One patch, made a vector";
  fillClasses(view);
}

function fillClasses({ part, header: { classes, known }, hidden }) {
  const head = element("tr"), names = ["", "probability", hidden.size ? "of all of it" : "", known ? "there" : ""];
  head.append(...names.map((name) => Object.assign(element("th", "", name), { scope: "col" })));
  part.head.replaceChildren(head);
  part.body.replaceChildren(...classes.map(({ name, now, whole, there }) => {
    const row = element("tr", there ? "there" : ""), bar = element("i"), cell = element("td", "bar"), label = Object.assign(element("th", "", name), { scope: "row" });
    bar.style.width = `${(100 * now).toFixed(1)}%`;
    const track = element("span", "track");
    track.append(bar);
    cell.append(track, element("b", "", `${(100 * now).toFixed(1)} %`));
    row.append(label, cell, element("td", "before", hidden.size ? `${(100 * whole).toFixed(1)} %` : ""), element("td", "", there ? "✓" : ""));
    return row;
  }));
}

/** What is pointed at and chosen now, in words. */
export function sayAll(view) {
  const { part } = view, token = tokenOf(view), weights = rowOf(view.arrays.attention, view.layer, view.head, token);
  part.says.textContent = toldToken(token, view.hidden, view.across);
  part.chosen.textContent = `Layer ${view.layer + 1}, head ${view.head + 1}`;
  part.most.textContent = toldMost(weights, token, view.across);
  const patches = Math.min(view.step, view.tokens - 1), all = view.step === view.tokens;
  part.count.textContent = `${patches} of ${view.tokens - 1}`;
  part.made.textContent = `${patches} patches${all ? ` + 1 class token = ${view.tokens} tokens` : ""}, a vector of ${view.arrays.vectors.shape[1]} each`;
  part.scrub.value = String(view.step);
  part.previous.disabled = view.step === 0;
  part.next.disabled = all;
  part.play.textContent = view.timer ? "Pause" : "Play";
  part.apart.textContent = apartOf(view, token || 1);
}

function apartOf({ arrays: { vectors, twin }, header: { patch, channels } }, token) {
  const depth = vectors.shape[1];
  if (!twin) return `patch ${token}: ${channels * patch ** 2} numbers become ${depth}`;
  let apart = 0;
  for (let at = (token - 1) * depth; at < token * depth; at++) apart = Math.max(apart, Math.abs(vectors.values[at] - twin.values[at]));
  return `patch ${token}: ${channels * patch ** 2} numbers become ${depth}; ${apart ? `largest difference of the two ${apart.toExponential(1)}` : "the two are equal"}`;
}
