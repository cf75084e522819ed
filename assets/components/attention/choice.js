// Which head is on show: what may be chosen, and who is ahead, the person or Python.

/** The choice nearest to `choice` that exists in `arrays`. */
export function validChoice(choice, arrays) {
  const kind = Object.hasOwn(arrays, choice?.kind) ? choice.kind : Object.keys(arrays)[0];
  const within = (n, size) => (Number.isInteger(n) && n >= 0 && n < size ? n : 0);
  const [layers, heads] = arrays[kind].shape;
  return { kind, layer: within(choice?.layer, layers), head: within(choice?.head, heads) };
}

/** Python's choice, unless the person is already further than Python had seen when it answered. */
export function reconcile(local, header) {
  const ahead = local.choice && (local.waiting || header.seen < local.sent);
  return ahead ? local.choice : header.choice;
}
