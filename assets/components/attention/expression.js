// The number under the cursor as Python finds it in a trace.
import { KINDS } from "../shared/kinds.js";

/** The expression of what row and column of the picture show, or null where more was done to the weights than a line can tell. Words are spans of pieces. */
export function expression({ choice: { kind, layer, head }, settings: { unit, measure, specials, mean }, header: { sides }, arrays }, row, col) {
  if (measure === "norms" || !specials) return null;
  const [layers] = arrays[kind].shape, { rows, cols, tensor } = KINDS[kind];
  const weights = { head: `trace["${tensor(layer)}"][0, ${head}]`, layer: `trace["${tensor(layer)}"][0]`,
    all: `torch.stack([trace[f"${tensor("{n}")}"][0] for n in range(${layers})])` }[mean];
  const [from, to] = [[rows, row], [cols, col]].map(([side, at]) => (unit === "words" ? sides[side].spans[at].join(":") : at));
  const cell = `${weights}[${mean === "head" ? "" : "..., "}${from}, ${to}]`;
  return unit === "words" ? `${cell}.sum(-1).mean()` : mean === "head" ? cell : `${cell}.mean()`;
}

/** The cell that was pointed at last, if it is there, else the strongest: [row, column]. */
export function cellInMind({ pointed: at, rows, cols, w }) {
  if (at && at.row < rows.length && at.col < cols.length) return [at.row, at.col];
  const cells = rows.flatMap((_, i) => cols.map((__, j) => [i, j]));
  return cells.reduce((best, cell) => (w(...cell) > w(...best) ? cell : best));
}
