// What a person takes away: the picture as it is seen, and the numbers in it. All of it is made in the browser.
import { listening } from "../shared/dom.js";
import { Vector } from "../shared/vector.js";
import { shown } from "./describe.js";
import { paintOn } from "./draw_detail.js";
import { KINDS } from "./kinds.js";
import { note, subjectName } from "./settings.js";

export function listenToSaving(view) {
  const on = listening(view.listeners), { part } = view;
  on(part.save, "click", ({ target }) => {
    const offered = target.closest("[data-take]");
    if (offered) take(view, offered.dataset.take);
  });
}

async function take(view, kind) {
  const done = view.part.save.querySelector(".done");
  done.textContent = "";
  if (kind === "link") {
    await navigator.clipboard.writeText(location.href);
    done.textContent = "The link is copied.";
    return;
  }
  const blob = kind === "png" ? await png(view) : new Blob([kind === "svg" ? svg(view) : csv(view.subject, about(view))], { type: MEDIA[kind] });
  offer(blob, `${fileName(view)}.${kind}`);
  done.textContent = `${fileName(view)}.${kind} is saved.`;
}

const MEDIA = { svg: "image/svg+xml", csv: "text/csv" };

/** Where the numbers come from, in one line. */
export function about(view) {
  const { header, part } = view;
  return [header.provenance, part.tensor.textContent, part.dims.textContent, subjectName(view), note(view)].filter(Boolean).join(" · ");
}

const fileName = ({ choice: { kind, layer, head }, settings: { mean } }) =>
  `attention-${kind}-${mean === "head" ? `layer${layer + 1}-head${head + 1}` : mean === "layer" ? `layer${layer + 1}-mean` : "mean"}`;

/** A line a cell: row, column, number; what is masked or left out has none. */
export function csv({ rows, cols, w, strong, causal }, origin) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = [`# ${origin}`, "row,row_token,column,column_token,weight"];
  rows.forEach((from, i) => cols.forEach((to, j) => {
    if ((causal && j > i) || !strong(i, j)) return;
    lines.push([i, quoted(shown(from)), j, quoted(shown(to)), Number(w(i, j).toPrecision(4))].join(","));
  }));
  return `${lines.join("\n")}\n`;
}

function svg(view) {
  const { layout: { width, height }, theme, part } = view;
  const pen = new Vector(width, height, part.detail.getContext("2d"));
  paintOn(view, pen, view.subject);
  return pen.svg(theme.css(theme.paper), `${KINDS[view.choice.kind].title} attention. ${subjectName(view)}`, about(view));
}

/** All heads and the one in detail beside each other, on the page's paper, with the line that says what it is. */
function png(view) {
  const { part: { thumbs, detail }, theme } = view;
  const ratio = devicePixelRatio || 1, gap = 32 * ratio, line = 40 * ratio;
  const canvas = new OffscreenCanvas(thumbs.width + gap + detail.width + 2 * gap, Math.max(thumbs.height, detail.height) + 2 * gap + line);
  const pen = canvas.getContext("2d");
  pen.fillStyle = theme.css(theme.paper);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(thumbs, gap, gap);
  pen.drawImage(detail, 2 * gap + thumbs.width, gap);
  pen.fillStyle = theme.css(theme.ink, 0.7);
  pen.font = `${12 * ratio}px ${theme.font}`;
  pen.fillText(about(view), gap, canvas.height - gap / 2, canvas.width - 2 * gap);
  return canvas.convertToBlob({ type: "image/png" });
}

function offer(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
