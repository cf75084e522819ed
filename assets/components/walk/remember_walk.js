// Where a person is on the walk, in the address: the step, the piece that is followed, the number that is locked.
import { placeIn } from "../shared/address.js";
import { shownIn } from "./places.js";

/** The places of an address, as { step, row, lock } where they exist here. */
export function placesFrom(told, { header, tensors }) {
  const step = header.steps.findIndex(({ name }) => name === told.step), row = placeIn(told.piece, header.pieces.query.length);
  const lock = lockedNumber(told.number, header.steps[Math.max(0, step)], tensors);
  return { ...(step >= 0 && { step }), ...(row !== null && { row }), ...(lock && { lock }) };
}

/** "scores.2.5": the number 5 of row 2 of that tensor, counted from 1. */
function lockedNumber(text = "", step, tensors) {
  const [name, ...at] = text.split(".");
  if (!shownIn(step, tensors).includes(name)) return null;
  const [i, j] = [0, 1].map((axis) => placeIn(at[axis], tensors[name].shape[axis]));
  return i === null || j === null ? null : { name, i, j };
}

export function rememberWalk({ address, header, step, row, lock }) {
  address.keep({ step: header.steps[step].name, piece: row + 1, ...(lock && { number: `${lock.name}.${lock.i + 1}.${lock.j + 1}` }) });
}
