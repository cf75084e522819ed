// The settings and the locked token in the address, beside what Python keeps there.
import { placeIn } from "../shared/address.js";
import { LOCKED } from "../shared/locked.js";
import { CHOICES, DEFAULTS } from "./settings.js";

/** Settings as an address tells them; what it does not tell, or tells wrongly, is as it is at first. */
export const settingsFrom = (told) => Object.fromEntries(Object.entries(CHOICES).map(([name, values]) => [name, values.find((value) => String(value) === told[name]) ?? values[0]]));

export function lockFrom(told, { rows, cols }) {
  const [row, col] = [placeIn(told.row, rows.length), placeIn(told.column, cols.length)];
  return row != null ? { row, col: null } : col != null ? { row: null, col } : null;
}

/** Only what differs from the first look. */
export function remember({ address, settings, lock }) {
  const changed = Object.entries(settings).filter(([name, value]) => value !== DEFAULTS[name]);
  address.keep({ ...Object.fromEntries(changed), ...(lock?.row != null && { row: lock.row + 1 }), ...(lock?.row == null && lock?.col != null && { column: lock.col + 1 }) });
  globalThis.document?.dispatchEvent(new Event(LOCKED));
}
