// The masks as pictures: who may see whom, a cell a pair; what is forbidden is hatched, what is pointed at is lit.
import { surface, themed } from "../shared/canvas.js";
import { focusOf, inLine, lineOf } from "./seen.js";

const TALLEST = 190; // px of a mask
const HUES = { encoder: "#4583d6", decoder: "#d0548c", cross: "#8d6bd8" };

/** Draws all masks in the next frame, once. */
export function repaint(view) {
  cancelAnimationFrame(view.frame);
  view.frame = requestAnimationFrame(() => {
    for (const canvas of view.part.machines.querySelectorAll("canvas")) {
      const { width, height } = sizeOf(view, canvas);
      if (!width) continue;
      canvas.style.height = `${height}px`;
      paintMask(view, canvas, surface(canvas, width, height), width, height);
    }
  });
}

const maskOf = ({ header }, canvas) => {
  const machine = header.machines[canvas.dataset.of], number = Number(canvas.dataset.mask), mask = machine.masks[number];
  return { machine, mask, number, rows: machine.sides[mask.rows].length, cols: machine.sides[mask.cols].length };
};

function sizeOf(view, canvas) {
  const { rows, cols } = maskOf(view, canvas), width = canvas.clientWidth;
  return { width, height: Math.max(8, Math.round(rows * Math.min(width / cols, TALLEST / rows))) };
}

const cellOf = ({ rows, cols }, width, height) => Math.min(width / cols, height / rows);

/** The focus at a point of a mask. */
export function focusAt(view, canvas, y) {
  const found = maskOf(view, canvas), row = Math.floor(y / cellOf(found, canvas.clientWidth, canvas.clientHeight));
  return focusOf(found.machine, found.mask, row);
}

export function paintMask(view, canvas, pen, width, height) {
  const found = maskOf(view, canvas), { machine, mask, number, rows, cols } = found, cell = cellOf(found, width, height);
  const allowed = view.arrays[`${canvas.dataset.of}.${number}`].values, line = lineOf(machine, mask, view.hover ?? view.focus);
  const { ink } = themed(view.part.machines), gap = cell > 7 ? 1 : cell > 4 ? 0.5 : 0, hue = HUES[mask.hue];
  for (let row = 0; row < rows; row++) for (let col = 0; col < cols; col++) {
    const [x, y, side] = [col * cell, row * cell, Math.max(0.5, cell - gap)], lit = inLine(line, row, col);
    if (allowed[row * cols + col]) {
      [pen.globalAlpha, pen.fillStyle] = [lit ? 1 : line ? 0.25 : 0.5, hue];
      pen.fillRect(x, y, side, side);
    } else forbid(pen, x, y, side, ink, lit);
  }
  pen.globalAlpha = 1;
}

/** A cell that is not there: an empty box with a stroke across. */
function forbid(pen, x, y, side, ink, lit) {
  [pen.globalAlpha, pen.fillStyle] = [lit ? 0.12 : 0.05, ink];
  pen.fillRect(x, y, side, side);
  [pen.globalAlpha, pen.strokeStyle, pen.lineWidth] = [lit ? 0.6 : 0.22, ink, 1];
  pen.beginPath();
  pen.moveTo(x, y + side);
  pen.lineTo(x + side, y);
  pen.stroke();
}

