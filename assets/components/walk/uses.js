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

/** The same declarations read the other way: which cells of the tensors `made` the cell goes into, in the row `row`. */
export function goesInto(tensors, made, { name, i, j }, row) {
  return made.flatMap((target) => tensors[target].uses.filter(([used]) => used === name).flatMap(([, rows, cols, shift]) => {
    const [height, width] = tensors[target].shape, mine = tensors[target].rows === "query" ? row : null;
    const down = rows === "i" ? i : cols === "i" ? j : mine;
    const across = rows === "j" ? i : cols === "j" ? j + shift : null;
    if (mine !== null && down !== mine) return [];
    const span = (at, size) => (at === null ? [0, size] : [at, at + 1]);
    return [{ tensor: target, rows: span(down, height), cols: span(across, width), ahead: true }];
  }));
}

/** The numbers of a use in order. */
export function numbersOf(tensors, place) {
  const { values, shape } = tensors[place.tensor], found = [];
  for (let r = place.rows[0]; r < place.rows[1]; r++) for (let c = place.cols[0]; c < place.cols[1]; c++) found.push(values[r * shape[1] + c]);
  return found;
}

export const valueAt = ({ values, shape }, i, j) => values[i * shape[1] + j];
