// One head in detail: who looks at whom, as lines between two lists.
import { clamp, sized } from "../shared/numbers.js";
import { drawLabel } from "./labels.js";

const FAINT = 0.02; // links below this share of the scale are not drawn

export function paintLinks(view, context, { rows, cols, w: value, strong, causal, top }) {
  const { theme, layout: { links, rowLabel, colLabel } } = view;
  const w = (i, j) => (strong(i, j) ? value(i, j) : 0), share = (i, j) => w(i, j) / top;
  const focus = view.lock ?? view.hover;
  const { row, col } = focus?.row != null ? { row: focus.row } : { col: focus?.col };
  const touched = (i, j) => (row == null || row === i) && (col == null || col === j) && (!causal || j <= i);
  const strength = (part) => (focus ? clamp(0.45, 0.45 + part, 1) : 0.85);
  const ends = rows.map((piece, i) => {
    const alpha = row != null ? (i === row ? 1 : 0.5) : col != null ? strength(touched(i, col) ? share(i, col) : 0) : 0.85;
    const style = { size: clamp(9, links.pitch - 2, 13), bold: i === row, alpha };
    const y = links.y + (i + 0.5) * links.pitch;
    const end = links.left + drawLabel(view, context, piece, links.left, y, rowLabel, style) + 8;
    return [col != null && touched(i, col) && share(i, col) >= 0.05 ? end + number(view, context, w(i, col), end, y) : end, y];
  });
  for (let j = 0; j < cols.length; j++) {
    const y = links.y + (j + 0.5) * links.pitch;
    const seen = row != null && touched(row, j) ? share(row, j) : 0;
    const style = { size: clamp(9, links.pitch - 2, 13), bold: j === col, alpha: j === col ? 1 : row != null ? strength(seen) : col != null ? 0.5 : 0.85 };
    const end = links.to + 8 + drawLabel(view, context, cols[j], links.to + 8, y, colLabel - 4, style);
    if (seen >= 0.05) number(view, context, w(row, j), end + 7, y);
    for (let i = 0; i < rows.length; i++) if (touched(i, j) && share(i, j) >= FAINT) line(context, theme, ends[i], [links.to, y], share(i, j), focus);
  }
}

function number({ theme }, context, value, x, y) {
  context.font = `500 11px ${theme.font}`;
  context.fillStyle = theme.number;
  context.fillText(sized(value, 2).replace(/^0/, ""), x, y + 0.5);
  return context.measureText(".00").width + 6;
}

function line(context, theme, [x0, y0], [x1, y1], value, focus) {
  const bend = (x1 - x0) * 0.45;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.strokeStyle = theme.css(theme.hue, clamp(0.06, focus ? value * 0.85 + 0.15 : value * 0.9, 0.95).toFixed(2));
  context.lineWidth = 0.75 + 4.25 * value;
  context.stroke();
}
