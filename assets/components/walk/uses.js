// The one mechanism of every hover: which cells a number is made from. Declared in Python, by transformer/analysis/dependencies.py.

/** What a use touches for the cell (i, j): { tensor, rows: [from, to), cols: [from, to) }. Empty where it touches nothing. */
export function touched([tensor, rows, cols, shift], [height, width], i, j) {
  const span = (which, own, size) => {
    if (which === "*") return [0, size];
    const at = which === "0" ? 0 : own;
    return at >= 0 && at < size ? [at, at + 1] : [0, 0];
  };
  return { tensor, rows: span(rows, rows === "j" ? j : i, height), cols: span(cols, cols === "j" ? j - shift : i, width) };
}

/** Everything that the cell is made from, itself first. */
export function lit(tensors, { name, i, j }) {
  const own = { tensor: name, rows: [i, i + 1], cols: [j, j + 1] };
  return [own, ...tensors[name].uses.map((use) => touched(use, tensors[use[0]].shape, i, j))];
}

/** The numbers of a use in order. */
export function numbersOf(tensors, place) {
  const { values, shape } = tensors[place.tensor], found = [];
  for (let r = place.rows[0]; r < place.rows[1]; r++) for (let c = place.cols[0]; c < place.cols[1]; c++) found.push(values[r * shape[1] + c]);
  return found;
}

export const valueAt = ({ values, shape }, i, j) => values[i * shape[1] + j];
