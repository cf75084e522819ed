// The names of rows and columns, cut to their room.
import { clamp } from "../shared/numbers.js";
import { visible } from "./describe.js";

/** Text of a piece that fits into `room` pixels, as runs with their widths. */
export function fitRuns(context, piece, room) {
  const runs = visible(piece).map((run) => ({ ...run }));
  const width = () => runs.reduce((sum, run) => sum + (run.width = context.measureText(run.text).width), 0);
  let total = width();
  while (total > room && runs.length) {
    const last = runs.at(-1);
    const letters = [...last.text.replace(/…$/, "")];
    if (letters.length > 1 || runs.length === 1) last.text = `${letters.slice(0, -1).join("")}…`;
    else runs.pop();
    if (letters.length <= 1 && runs.length <= 1) break;
    total = width();
  }
  return { runs, total };
}

export function drawLabel(view, context, piece, x, y, room, { align = "left", alpha = 0.85, bold = false, size }) {
  context.font = `${bold ? 600 : 400} ${size}px ${view.theme.font}`;
  const { runs, total } = fitRuns(context, piece, room);
  let at = align === "right" ? x - total : x;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const run of runs) {
    context.fillStyle = view.theme.css(view.theme.ink, run.quiet ? alpha * 0.45 : alpha);
    context.fillText(run.text, at, y);
    at += run.width;
  }
  return total;
}

/** Labels closer than a line of text are thinned; the one in focus is always there. */
export const labelled = (index, pitch, focus) => index === focus || (index % Math.ceil(10 / pitch) === 0 && !(pitch < 10 && Math.abs(index - focus) * pitch < 10));

export const emphasis = (index, focus, pitch, align) => ({ align, size: clamp(9, pitch - 2, 13), bold: index === focus, alpha: focus == null ? 0.85 : index === focus ? 1 : 0.5 });
