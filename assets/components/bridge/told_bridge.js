// Numbers of the bridge in words. Rows: H of weights, H of derivatives, H of products, then the mean.
import { pieceText } from "../shared/grid.js";
import { threeDigits } from "../shared/numbers.js";

/** Which of the parts a row belongs to, and which of its rows it is. */
export function partOf(row, heads) {
  return { part: Math.floor(row / heads), head: row % heads };
}

/** What stands in a cell, with the numbers that it is made from. */
export function toldBridge({ header: { heads, labels }, numbers }, [row, column]) {
  const at = (line) => threeDigits(numbers[line * labels.length + column]), { part, head } = partOf(row, heads), piece = pieceText(labels[column]);
  if (part === 3) return `${piece}, the mean of the ${heads} heads: ${at(row)}`;
  return `${piece}, head ${head + 1}: weight ${at(head)}, derivative ${at(heads + head)}, product after the ReLU ${at(2 * heads + head)}`;
}

/** The expression of a cell in Python, given `case`. */
export function cellOf({ header: { heads, cells } }, [row, column]) {
  const { part, head } = partOf(row, heads);
  return cells[part].replace("HEAD", head).replace("PIECE", column);
}
