// What is known of each head: entropy and special tokens on this sentence, its role on many.
import { KINDS } from "../shared/kinds.js";
import { raw } from "./shown.js";
import { entropy, shareOn } from "./transform.js";

// Habits by the names of transformer/analysis/habits.py: short, and in words.
const HABITS = {
  previous: ["prev", "looks at the token before"], next: ["next", "looks at the token after"], same: ["same", "looks at the same token"],
  first: ["first", "rests on the first token"], last: ["last", "rests on the last token"], rare: ["rare", "looks at the rarest word"],
  alignment: ["next word", "aligns: looks where the source says the word that it is about to write"], reading: ["own word", "aligns: looks where the source says the word that it has just read"],
};

function habit(name) {
  const place = /^position (-?)(\d+)$/.exec(name);
  return place ? [`no. ${place[1] && "−"}${place[2]}`, `looks at token ${place[2]}${place[1] ? " from the end" : ""}`] : HABITS[name];
}

/** { entropy in nats, special 0..1, role: { name, score } or null } of one head, in pieces and with all tokens. */
export function facts(view, kind, layer, head) {
  return (view.facts[[kind, layer, head]] ??= counted(view, kind, layer, head));
}

function counted(view, kind, layer, head) {
  const set = raw(view, kind), number = layer * set.shape[1] + head;
  return { entropy: entropy(set, number), special: shareOn(set, number, view.header.sides[KINDS[kind].cols].special), role: view.header.roles[kind]?.[layer]?.[head] ?? null };
}

/** A role's name on a thumbnail; none for a head of several habits. */
export const shortRole = (role) => (role && habit(role.name)?.[0]) ?? "";

/** The roles with a name on the thumbnails of a kind, each once, with what they mean. */
export function rolesHere(view, kind) {
  const names = new Set((view.header.roles[kind] ?? []).flat().map((role) => role?.name));
  return [...names].map((name) => name && habit(name)).filter(Boolean).map(([short, words]) => `${short}: ${words}`);
}

/** What is known of a head, in words: of its role on many sentences, and of this one. */
export function factWords(view, kind, layer, head) {
  const { entropy: nats, special, role } = facts(view, kind, layer, head);
  const name = KINDS[kind].cols === "src" ? "[EOS]" : "[SOS]";
  const here = `entropy ${nats.toFixed(2)} nats, ${Math.round(100 * special)} % on ${name} here`;
  if (!role) return here;
  const words = habit(role.name)?.[1];
  const score = `${role.score.toFixed(2)}, a uniform head ${role.chance.toFixed(2)}; ${view.header.roles.about}`;
  return `${words ? `${words} (${score})` : `no single role (closest ${score})`} · ${here}`;
}
