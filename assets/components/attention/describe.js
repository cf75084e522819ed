// What a head does, in words: for the line below it, for a screen reader, for the tip.
import { sized } from "../shared/numbers.js";

/** A piece as runs of text; those are quiet that stand for what cannot be seen. Python says which (pages/ui/pieces.py). */
export const visible = (piece) => piece.map(([text, quiet]) => ({ text, quiet }));

export const shown = (piece) => visible(piece).map(({ text }) => text).join("");

/** What a head does at a focus, as parts: plain strings, {token} and {number}. `w(row, col)` is a weight;
 * `cell` is the one under the pointer, told with all its digits, while `focus` may be locked elsewhere. Cells that are not
 * `strong` are left out; `norm` says that a weight is the length of the vector that it brings. */
export function describe({ rows, cols, w, causal, strong = () => true, norm = false }, focus, cell = focus, most = 5) {
  const [looks, seen] = norm ? [" takes most from ", " goes most to "] : [" looks at ", " is seen by "];
  const number = (value) => ({ number: sized(value, 3) });
  const listing = (pairs) => pairs.sort((a, b) => b[1] - a[1]).filter(([, value], i) => !i || (i < most && value >= 0.005))
    .flatMap(([token, value], i) => [i ? ", " : "", { token }, " ", number(value)]);
  const from = (i) => ({ token: rows[i] }), to = (j) => ({ token: cols[j] });
  const masked = causal && cell?.col > cell?.row;
  const exact = cell?.row == null || cell.col == null ? []
    : masked ? [to(cell.col), " is in the future of ", from(cell.row), ": masked. "]
    : norm ? [from(cell.row), " takes ", number(w(cell.row, cell.col)), " from ", to(cell.col), ". "] : [from(cell.row), looks, to(cell.col), " ", number(w(cell.row, cell.col)), ". "];
  const { row, col } = focus ?? {};
  if (row != null) {
    const told = exact.length && cell.row === row && !masked ? cell.col : null; // once is enough
    const found = cols.map((token, j) => [token, w(row, j)]).filter((_, j) => (!causal || j <= row) && strong(row, j) && j !== told);
    return told == null ? [...exact, from(row), looks, ...listing(found)] : found.length ? [...exact, "Besides: ", ...listing(found)] : exact;
  }
  if (col != null) {
    const found = rows.map((token, i) => [token, w(i, col)]).filter((_, i) => (!causal || col <= i) && strong(i, col));
    return [...exact, to(col), ...(found.length ? [seen, ...listing(found)] : [" is among the strongest of no row"])];
  }
  const links = rows.flatMap((_, i) => cols.map((_, j) => [i, j, w(i, j)])).sort((a, b) => b[2] - a[2]).slice(0, 3);
  return ["Strongest here: ", ...links.flatMap(([i, j, value], n) => [n ? "; " : "", from(i), looks.replace(" most", ""), to(j), " ", number(value)])];
}

export const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.number ?? `\`${shown(part.token)}\``)).join("");
