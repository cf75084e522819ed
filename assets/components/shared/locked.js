// A row that is locked in the heads is the row that can be written below them.
import { fromText, parameter, placeIn } from "./address.js";

/** The event on the document that says that what is locked may have changed. */
export const LOCKED = "dawn-locked";

/** The row that the address of the heads locks, of `count` pieces from 0; null where it locks none, or rows are not pieces. */
export function lockedRow(search, count) {
  const { unit, specials, row } = fromText(parameter(search, "heads"));
  return unit || specials ? null : placeIn(row, count);
}
