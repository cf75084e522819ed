// Which channel reaches which. A place is [output, input], either of them null: [2, null] is an output with all that it
// reads, [null, 3] an input with all that read it, [2, 3] one kernel. Pure functions.
import { placeIn } from "../shared/address.js";
import { clamp, grouped } from "../shared/numbers.js";

export const groupOf = (channel, count, groups) => Math.floor(channel / (count / groups));

export const reaches = ({ inputs, outputs }, groups, output, input) => groupOf(output, outputs.length, groups) === groupOf(input, inputs.length, groups);

/** The pairs of a place that are joined: [[output, input], ...]; all of them for no place. */
export function pairsOf(header, groups, [output, input] = [null, null]) {
  const within = (chosen, list) => (chosen === null ? [...list.keys()] : [chosen]);
  return within(output, header.outputs).flatMap((o) => within(input, header.inputs).filter((i) => reaches(header, groups, o, i)).map((i) => [o, i]));
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -99], End: [0, 99] };

/** The channel that a key leads to among the two columns, inputs left and outputs right; undefined for another key. */
export function ledThrough(at, key, { inputs, outputs }) {
  const [down, right] = STEPS[key] ?? [];
  if (down === undefined) return undefined;
  if (!at) return [null, 0];
  const row = at[0] ?? at[1], onRight = right ? right > 0 : at[0] !== null;
  const to = clamp(0, row + down, (onRight ? outputs : inputs).length - 1);
  return onRight ? [to, null] : [null, to];
}

/** The kernel that a key leads to in the matrix, outputs down and inputs across; undefined for another key. */
export function ledInMatrix(at, key, { inputs, outputs }) {
  const [down, right] = STEPS[key] ?? [];
  if (down === undefined) return undefined;
  if (!at) return [0, 0];
  return [clamp(0, (at[0] ?? 0) + down, outputs.length - 1), clamp(0, (at[1] ?? 0) + right, inputs.length - 1)];
}

const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** A place in words. */
export function told(header, option, place) {
  const words = sentence(header, option, place);
  return words[0].toUpperCase() + words.slice(1);
}

function sentence(header, { groups }, place) {
  const { inputs, outputs, kernel } = header, size = `${kernel} × ${kernel}`, pairs = place && pairsOf(header, groups, place);
  if (!place) return groups === 1 ? `Every output reads every input: ${outputs.length} × ${inputs.length} kernels of ${size}.` : `${groups} groups: ${counted(outputs.length / groups, "output")} of each read${outputs.length === groups ? "s" : ""} ${counted(inputs.length / groups, "input")} and no other.`;
  const [output, input] = place;
  if (output === null) return `${inputs[input]} reaches ${listed(pairs.map(([o]) => outputs[o]))}: ${pairs.length} of ${outputs.length} outputs.`;
  if (input === null) return `${outputs[output]} reads ${listed(pairs.map(([, i]) => inputs[i]))}: ${counted(pairs.length, "kernel")} of ${size} and a bias, ${grouped(pairs.length * kernel ** 2 + 1)} parameters.`;
  if (!pairs.length) return `${inputs[input]} does not reach ${outputs[output]}: they are in different groups, so this kernel is not there.`;
  return `${inputs[input]} reaches ${outputs[output]} through this kernel of ${size}.`;
}

/** What an address says of a place and of the groups; usual groups and no place are not told. */
export const placeText = (groups, place) => ({ ...(groups > 1 && { groups }), ...(place?.[0] != null && { out: place[0] + 1 }), ...(place?.[1] != null && { in: place[1] + 1 }) });

/** Groups and place in words of an address; what is not there falls away. */
export function placeFrom(said, { options, inputs, outputs }) {
  const option = Math.max(0, options.findIndex(({ groups }) => String(groups) === said.groups));
  const place = [placeIn(said.out, outputs.length), placeIn(said.in, inputs.length)];
  return { option, place: place[0] === null && place[1] === null ? null : place };
}
