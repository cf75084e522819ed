// What a view shows, in the address: one parameter that the browser writes by itself, so that a link and a reload bring the
// view as it was, and the server never hears of it.

const folded = (value) => String(value).replaceAll("%", "%25").replaceAll("~", "%7E");
const unfolded = (text) => text.replaceAll("%7E", "~").replaceAll("%25", "%");

/** Names of letters, with their values, as one text: "unit-words~row-3". */
export const toText = (values) => Object.entries(values).map(([name, value]) => `${name}-${folded(value)}`).join("~");

export const fromText = (text) => Object.fromEntries(text.split("~").filter((part) => part.includes("-")).map((part) => [part.slice(0, part.indexOf("-")), unfolded(part.slice(part.indexOf("-") + 1))]));

/** A place that an address counts from 1, counted from 0; null where it names none below `count`. */
export const placeIn = (text, count) => (/^\d{1,5}$/.test(text ?? "") && Number(text) >= 1 && Number(text) <= count ? Number(text) - 1 : null);

/** What an address holds of a text that was typed: whole characters, so many at most. */
export const brief = (text, most = 60) => [...text.toWellFormed()].slice(0, most).join("");

const parametersOf = (search) => search.replace(/^\?/, "").split("&").filter(Boolean);

export const parameter = (search, name) => new URLSearchParams(search).get(name) ?? "";

/** The search with that parameter set, or without it where the text is empty; the others stay letter by letter. */
export function withParameter(search, name, text) {
  const others = parametersOf(search).filter((part) => !part.startsWith(`${name}=`));
  const all = text ? [...others, `${name}=${encodeURIComponent(text)}`] : others;
  return all.length ? `?${all.join("&")}` : "";
}

/** The parameter of one view on one page. Streamlit writes the whole address whenever a look is committed, with what it
 * last knew of ours: so ours is put right after each change of the address. Where a person goes back or forward, `follow`
 * is told the values of that place; without it ours stays there as well. */
export class Address {
  constructor(name, { signal }, follow = null) {
    Object.assign(this, { name, path: location.pathname, text: parameter(location.search, name) });
    globalThis.navigation?.addEventListener("currententrychange", ({ navigationType }) => {
      if (!follow || navigationType !== "traverse" || location.pathname !== this.path) return this.put();
      this.text = parameter(location.search, name);
      follow(this.read());
    }, { signal });
  }

  read() { return fromText(this.text); }

  keep(values) {
    this.text = toText(values);
    this.put();
  }

  put() {
    const search = withParameter(location.search, this.name, this.text);
    if (this.putting || location.pathname !== this.path || parameter(location.search, this.name) === this.text) return;
    this.putting = true; // a view that takes this one's place hears of the change at once, and puts its own: that is the last word
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    this.putting = false;
  }
}
