// One head in detail: the matrix with its labels and numbers.
import { luminance, shade } from "./colours.js";
import { drawLabel, emphasis, fitRuns, labelled } from "./labels.js";
import { detailLayout } from "./layout.js";
import { sized } from "../shared/numbers.js";
import { paintLinks } from "./draw_links.js";
import { hatch, picture, sheet } from "./picture.js";
import { nothingUsed } from "./settings.js";
import { sums } from "./shown.js";

export function layDetail(view, { rows, cols, set, layer, head }, width) {
  view.matrix = picture(view, set, [layer, layer + 1], [head, head + 1], 1);
  const context = view.part.detail.getContext("2d");
  context.font = `13px ${view.theme.font}`;
  const longest = (pieces) => Math.ceil(Math.max(28, ...pieces.map((piece) => fitRuns(context, piece, width < 460 ? 72 : 104).total))) + 4;
  const sizes = { width, rows: rows.length, cols: cols.length, rowLabel: longest(rows), colLabel: longest(cols), sums: view.settings.sums };
  view.layout = { ...detailLayout(sizes), ...sizes };
}

export function paintDetail(view, subject) {
  paintOn(view, sheet(view.part.detail, view.layout.width, view.layout.height), subject);
}

/** The picture of the head, on a canvas or with a pen that writes SVG. */
export function paintOn(view, context, subject) {
  context.globalAlpha = nothingUsed(view) ? 0.3 : 1;
  paintMatrix(view, context, subject);
  paintColumnLabels(view, context, subject);
  if (view.layout.sums) paintSums(view, context, subject);
  paintLinks(view, context, subject);
}

function paintMatrix(view, context, subject) {
  const { theme, hover, lock } = view, { rows, cols, causal } = subject;
  const { matrix: { x, y, cellW, cellH, right, bottom }, beside, rowLabel } = view.layout;
  if (causal) hatch(view, context, x, y, right - x, bottom - y);
  context.drawImage(view.matrix, x, y, right - x, bottom - y);
  context.strokeStyle = theme.css(theme.paper);
  context.lineWidth = 1;
  context.beginPath();
  if (cellW >= 12 && cellH >= 12) {
    for (let j = 1; j < cols.length; j++) context.moveTo(x + j * cellW, y), context.lineTo(x + j * cellW, bottom);
    for (let i = 1; i < rows.length; i++) context.moveTo(x, y + i * cellH), context.lineTo(right, y + i * cellH);
  }
  context.stroke();
  if (cellW >= 28 && cellH >= 20) paintNumbers(view, context, subject);
  const focus = lock ?? hover;
  context.strokeStyle = theme.css(theme.ink, 0.85);
  context.lineWidth = 1.5;
  if (focus?.row != null) context.strokeRect(x, y + focus.row * cellH, right - x, cellH);
  if (focus?.col != null) context.strokeRect(x + focus.col * cellW, y, cellW, bottom - y);
  if (hover?.row != null && hover.col != null) {
    context.lineWidth = 2.5;
    context.strokeRect(x + hover.col * cellW, y + hover.row * cellH, cellW, cellH);
  }
  if (!beside) rows.forEach((piece, i) => labelled(i, cellH, focus?.row) &&
    drawLabel(view, context, piece, x - 8, y + (i + 0.5) * cellH, rowLabel, emphasis(i, focus?.row, cellH, "right")));
}

function paintNumbers({ theme, layout }, context, { rows, cols, w, strong, causal, top }) {
  const { x, y, cellW, cellH } = layout.matrix;
  context.font = `${cellH >= 30 ? 11 : 10}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; i < rows.length; i++) for (let j = 0; j < (causal ? i + 1 : cols.length); j++) {
    const value = w(i, j);
    if (value < 0.05 * top || !strong(i, j)) continue;
    const colour = theme.table[shade(value / top)];
    const light = luminance([colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]);
    context.fillStyle = light > 0.2 ? "rgb(10 14 30 / .82)" : "rgb(255 255 255 / .94)";
    context.fillText(sized(value, 2).replace(/^0/, ""), x + (j + 0.5) * cellW, y + (i + 0.5) * cellH + 0.5);
  }
}

/** Row sums right of the matrix, column sums below it, as bars with their numbers. */
function paintSums({ theme, layout: { matrix: { x, y, cellW, cellH, right, bottom } } }, context, subject) {
  const { rows, cols } = sums(subject), most = Math.max(...rows, ...cols, 1e-6);
  context.font = `10px ${theme.font}`;
  context.textBaseline = "middle";
  const bar = theme.css(theme.hue, 0.45), ink = theme.css(theme.ink, 0.75);
  rows.forEach((value, i) => {
    context.fillStyle = bar;
    context.fillRect(right + 4, y + i * cellH + 1, (14 * value) / most, Math.max(1, cellH - 2));
    context.textAlign = "left";
    context.fillStyle = ink;
    if (labelled(i, cellH)) context.fillText(sized(value, 2), right + 22, y + (i + 0.5) * cellH);
  });
  cols.forEach((value, j) => {
    context.fillStyle = bar;
    context.fillRect(x + j * cellW + 1, bottom + 4, Math.max(1, cellW - 2), (14 * value) / most);
    context.textAlign = "center";
    context.fillStyle = ink;
    if (cellW >= 24) context.fillText(sized(value, 2), x + (j + 0.5) * cellW, bottom + 26);
  });
}

function paintColumnLabels(view, context, { cols }) {
  const { matrix: { x, y, cellW }, colLabel } = view.layout;
  const focus = (view.lock ?? view.hover)?.col ?? view.hover?.col;
  cols.forEach((piece, j) => {
    if (!labelled(j, cellW, focus)) return;
    context.save();
    context.translate(x + (j + 0.5) * cellW, y - 6);
    context.rotate(-Math.PI / 4);
    drawLabel(view, context, piece, 0, 0, colLabel, emphasis(j, focus, Math.max(cellW, 11), "left"));
    context.restore();
  });
}
