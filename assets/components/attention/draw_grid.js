// The thumbnails of all heads.
import { facts, shortRole } from "./facts.js";
import { gridLayout } from "./layout.js";
import { allHeads, hatch, sheet } from "./picture.js";
import { isOff } from "./settings.js";
import { shownHeads } from "./shown.js";

export function paintGrid(view, width) {
  const { part, theme, choice, lock, settings } = view;
  const { shape, causal } = shownHeads(view), [layers, heads, rows, cols] = shape;
  const layout = (view.grid = gridLayout(width, shape));
  const { cellW: w, cellH: h } = layout;
  // Where a thumbnail has fewer pixels than its matrix, several weights share one.
  layout.pool = Math.max(1, Math.ceil(cols / (w * devicePixelRatio)), Math.ceil(rows / (h * devicePixelRatio)));
  const [high, wide] = [Math.ceil(rows / layout.pool), Math.ceil(cols / layout.pool)];
  placeCells(view, layout);
  const all = allHeads(view, layout.pool);
  const context = sheet(part.thumbs, width, layout.height);
  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) {
    const [x, y] = layout.at(layer, head);
    if (causal) hatch(view, context, x, y, w, h);
    context.drawImage(all, head * wide, layer * high, wide, high, x, y, w, h);
    if (lock?.row != null) {
      context.fillStyle = theme.css(theme.paper, 0.6);
      context.fillRect(x, y, w, (lock.row * h) / rows);
      context.fillRect(x, y + ((lock.row + 1) * h) / rows, w, h - ((lock.row + 1) * h) / rows);
    }
    if (isOff(view, choice.kind, layer, head)) strikeOut(view, context, x, y, w, h);
    paintFacts(view, context, facts(view, choice.kind, layer, head), x, y + h, w);
    const here = (on) => (context.fillStyle = theme.css(theme.ink, on ? 1 : 0.6));
    context.textAlign = "center";
    if (!layer && head < layout.across) here(head === choice.head && settings.mean === "head"), context.fillText(String(head + 1), x + w / 2, 8);
    context.textAlign = "right";
    if (!head) here(layer === choice.layer && settings.mean !== "all"), context.fillText(`L${layer + 1}`, layout.left - 8, y + h / 2);
  }
}

/** A head that is switched off: what it looks at still shows, but nothing of it is used. */
function strikeOut({ theme }, context, x, y, w, h) {
  context.strokeStyle = theme.css(theme.ink, 0.8);
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y + h);
  context.lineTo(x + w, y);
  context.stroke();
}

/** Below a thumbnail: a bar as long as the share of its attention that special tokens take; role and entropy where there is room. */
function paintFacts({ theme, grid }, context, { entropy: nats, special, role }, x, y, width) {
  context.fillStyle = theme.css(theme.ink, 0.1);
  context.fillRect(x, y + 2, width, 2);
  context.fillStyle = theme.css(theme.ink, 0.55);
  context.fillRect(x, y + 2, width * special, 2);
  if (!grid.words) return;
  context.font = `10px ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.number;
  context.fillText(shortRole(role), x, y + 12);
  context.textAlign = "right";
  context.fillStyle = theme.css(theme.ink, 0.6);
  context.fillText(nats.toFixed(1), x + width, y + 12);
  context.font = `11px ${theme.font}`;
}

/** Lay the buttons over their thumbnails; only where they lie elsewhere, because each one costs a layout of the page. */
function placeCells(view, { at, cellW, cellH }) {
  const places = [view.cellCount, cellW, cellH].join();
  if (view.places === places) return;
  view.places = places;
  [...view.part.cells.children].forEach((row, layer) => [...row.children].forEach((cell, head) => {
    const [x, y] = at(layer, head);
    cell.style.cssText = `left:${x}px;top:${y}px;width:${cellW}px;height:${cellH}px`;
  }));
}
