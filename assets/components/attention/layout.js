// Where everything lies, in CSS pixels.
import { clamp } from "../shared/numbers.js";

const SMALLEST = 12; // pixels of a thumbnail

/** Places of the thumbnails, CSS pixels: layers are rows, heads are columns, `across` of them on a line: more heads than
 * that go on below. */
export function gridLayout(width, [layers, heads, rows, cols]) {
  const left = 26, top = 20, gap = heads > 8 ? 4 : heads > 4 ? 6 : 8;
  const across = clamp(1, Math.floor((width - left - 3 + gap) / (SMALLEST + gap)), heads), lines = Math.ceil(heads / across);
  const cellW = clamp(SMALLEST, Math.floor((width - left - 3 - gap * (across - 1)) / across), 96);
  const cellH = Math.round(cellW * Math.min(1.5, Math.max(0.5, rows / cols)));
  const words = cellW >= 44, pitch = cellH + (words ? 19 : 5) + gap; // below each thumbnail there is room for what is known of it
  return { left, top, gap, cellW, cellH, words, across, height: top + layers * lines * pitch + 3,
    at: (layer, head) => [left + (head % across) * (cellW + gap), top + (layer * lines + Math.floor(head / across)) * pitch] };
}

/** Places of the matrix and of the links, CSS pixels. Beside each other they share the labels of the rows. */
export function detailLayout({ width, rows, cols, rowLabel, colLabel, sums = false }) {
  const gap = 10, number = 34, lines = 120;
  const sumW = sums ? 46 : 0, sumH = sums ? 34 : 0; // what rows and columns add up to, right of and below the matrix
  const slant = Math.round(colLabel * 0.72);
  const top = slant + 14;
  const room = Math.floor((width - 2 * gap - sumW - rowLabel - lines - colLabel - number) / cols);
  const beside = room >= (width < 560 ? 16 : 7); // on a phone the matrix has the whole width
  const overhang = Math.max(0, slant - 4);
  const across = beside ? room : Math.floor((width - rowLabel - gap - Math.max(overhang, sumW)) / cols);
  const cellH = clamp(beside ? 10 : 9, Math.min(Math.max(across, 15), Math.floor(640 / Math.max(rows, cols))), 42);
  const cellW = clamp(beside ? 7 : 9, across, Math.min(56, Math.max(cellH * 1.5, 9)) | 0);
  const x = beside ? 0 : rowLabel + gap;
  const matrix = { x, y: top, cellW, cellH, right: x + cols * cellW, bottom: top + rows * cellH };
  const pitch = beside ? cellH : clamp(11, Math.floor(480 / Math.max(rows, cols)), 26);
  const left = beside ? matrix.right + sumW + gap : 0;
  const right = Math.min(beside ? width : Math.max(width, 0), left + rowLabel + 420 + colLabel + number) - colLabel - number;
  const links = { y: beside ? top : matrix.bottom + sumH + 44, pitch, left, from: left + rowLabel, to: right, end: right + colLabel + number };
  return { beside, matrix, links, width: Math.max(width, beside ? links.end : matrix.right + Math.max(overhang, sumW)),
    height: Math.max(matrix.bottom + sumH, links.y + pitch * Math.max(rows, cols)) + 2 };
}

/** What lies under a point of the detail: {row, col} in the matrix, one of them on a label, or null. */
export function hit({ matrix, links, beside }, rows, cols, x, y) {
  const row = Math.floor((y - matrix.y) / matrix.cellH);
  const col = Math.floor((x - matrix.x) / matrix.cellW);
  const inRow = row >= 0 && row < rows, inCol = col >= 0 && col < cols;
  if (inRow && inCol) return { row, col };
  if (inRow && !beside && x < matrix.x) return { row, col: null };
  const place = Math.floor((y - links.y) / links.pitch);
  const middle = (links.from + links.to) / 2;
  if (place >= 0 && x >= links.left && x <= links.end) {
    if (x < middle && place < rows) return { row: place, col: null };
    if (x >= middle && place < cols) return { row: null, col: place };
  }
  const slanted = Math.floor((x - (matrix.y - y) - matrix.x) / matrix.cellW);
  return y < matrix.y && slanted >= 0 && slanted < cols ? { row: null, col: slanted } : null;
}
