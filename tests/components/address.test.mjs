// What a view keeps in the address. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { Address, fromText, parameter, placeIn, toText, withParameter } from "../../assets/components/shared/address.js";
import { lockedRow } from "../../assets/components/shared/locked.js";
import { lockFrom, remember, settingsFrom } from "../../assets/components/attention/remember.js";
import { CHOICES, DEFAULTS } from "../../assets/components/attention/settings.js";
import { placesFrom, rememberWalk } from "../../assets/components/walk/remember_walk.js";

test("names and values come back as they went, and what is no pair is left out", () => {
  const values = { unit: "words", mass: "0.85", number: "W_Q.1.2" };
  assert.equal(toText(values), "unit-words~mass-0.85~number-W_Q.1.2");
  assert.deepEqual(fromText(toText(values)), values);
  const any = { find: "50% ~x~ -é %7E&=#" };
  assert.deepEqual(fromText(parameter(withParameter("?a=b", "lens", toText(any)), "lens")), any);
  assert.deepEqual(fromText("~nothing~a-~-b"), { a: "", "": "b" });
  assert.deepEqual(fromText(""), {});
});

test("any text is a value, and comes back through the address", () => {
  for (const find of ["~a-b~", "100 %25 & more=#?+", "è 👩‍👧 \u0000", "", "-", "%7E"]) {
    const told = { find, by: "id" };
    assert.deepEqual(fromText(parameter(withParameter("?src=x", "vocabulary", toText(told)), "vocabulary")), told);
  }
});

test("one parameter is changed and the others stay letter by letter", () => {
  const search = "?src=la+casa%21&edits=off:cross.3&kind=cross";
  assert.equal(withParameter(search, "heads", "unit-words"), `${search}&heads=unit-words`);
  assert.equal(withParameter(`${search}&heads=unit-words`, "heads", ""), search);
  assert.equal(withParameter("?heads=a-b", "heads", ""), "");
  assert.equal(withParameter("", "heads", "a-b"), "?heads=a-b");
  assert.equal(parameter("?aheads=1&heads=a-b%7Ec-d", "heads"), "a-b~c-d");
  assert.equal(parameter("?kind=cross", "heads"), "");
});

test("places count from 1 and end where there are no more", () => {
  assert.deepEqual(["1", "3", "4", "0", "-1", "x", "", undefined, "1e1", "999999"].map((text) => placeIn(text, 3)), [0, 2, ...Array(8).fill(null)]);
});

/** A window's address, whose server writes all of it now and then. */
function browser(search) {
  const told = new EventTarget(), written = [];
  Object.assign(globalThis, { navigation: told, location: { pathname: "/attention", search, hash: "" },
    history: { state: 7, replaceState: (state, _, address) => { written.push([state, address]); Object.assign(location, { search: address.replace("/attention", "") }); told.dispatchEvent(new Event("currententrychange")); } } });
  return { written, serverWrites(path, text) { Object.assign(location, { pathname: path, search: text }); told.dispatchEvent(new Event("currententrychange")); } };
}

test("what the browser keeps outlives what the server writes, on its own page alone, until the view ends", () => {
  const window = browser("?kind=cross&heads=unit-words"), life = new AbortController(), address = new Address("heads", life);
  assert.deepEqual(address.read(), { unit: "words" });
  address.keep({ unit: "words", row: 3 });
  address.keep({ unit: "words", row: 3 });
  assert.deepEqual(window.written, [[7, "/attention?kind=cross&heads=unit-words~row-3"]]);
  window.serverWrites("/attention", "?heads=unit-words&kind=cross&layer=2");
  assert.equal(location.search, "?kind=cross&layer=2&heads=unit-words~row-3");
  window.serverWrites("/translate", "");
  assert.equal(location.search, "");
  life.abort();
  window.serverWrites("/attention", "?kind=cross");
  assert.equal(location.search, "?kind=cross");
});

test("a view that follows hears of the place that a person goes back to, and leaves it as it is", () => {
  const window = browser("?lens=zoom-2"), heard = [], life = new AbortController(), address = new Address("lens", life, (told) => heard.push(told));
  address.keep({ zoom: 3 });
  Object.assign(location, { search: "?map=how-UMAP&lens=zoom-5" });
  navigation.dispatchEvent(Object.assign(new Event("currententrychange"), { navigationType: "traverse" }));
  assert.deepEqual(heard, [{ zoom: "5" }]);
  assert.equal(location.search, "?map=how-UMAP&lens=zoom-5");
  window.serverWrites("/attention", "?map=how-UMAP&lens=zoom-3");
  assert.equal(location.search, "?map=how-UMAP&lens=zoom-5");
  life.abort();
});

test("settings come from an address where they exist, and go into it where they differ", () => {
  const told = { unit: "words", specials: "false", mass: "0.8", scale: "huge", mean: "", other: "x" };
  const settings = settingsFrom(told);
  assert.deepEqual(settings, { ...DEFAULTS, unit: "words", specials: false, mass: 0.8 });
  let kept;
  remember({ address: { keep: (values) => (kept = values) }, settings, lock: { row: 2, col: null } });
  assert.deepEqual(kept, { unit: "words", specials: false, mass: 0.8, row: 3 });
  remember({ address: { keep: (values) => (kept = values) }, settings: { ...DEFAULTS }, lock: { row: null, col: 0 } });
  assert.deepEqual(kept, { column: 1 });
  for (const values of Object.values(CHOICES)) for (const value of values) assert.match(String(value), /^[a-z0-9.]+$/);
  const subject = { rows: ["a", "b", "c"], cols: ["x"] };
  assert.deepEqual([lockFrom({ row: "3" }, subject), lockFrom({ column: "1" }, subject), lockFrom({ row: "4", column: "2" }, subject)], [{ row: 2, col: null }, { row: null, col: 0 }, null]);
});

test("a walk goes on where the address says, if that is there", () => {
  const tensors = { x: { uses: [], shape: [3, 4] }, W_Q: { uses: [], shape: [4, 2] }, q: { uses: [["x"], ["W_Q"]], shape: [3, 2] } };
  const header = { steps: [{ name: "input", made: ["x"] }, { name: "queries", made: ["q"] }], pieces: { query: ["a", "b", "c"] } };
  const at = (told) => placesFrom(told, { header, tensors });
  assert.deepEqual(at({ step: "queries", piece: "3", number: "W_Q.4.2" }), { step: 1, row: 2, lock: { name: "W_Q", i: 3, j: 1 } });
  assert.deepEqual(at({ step: "queries", piece: "4", number: "W_Q.5.1" }), { step: 1 });
  assert.deepEqual(at({ step: "nowhere", number: "q.1.1" }), {});
  let kept;
  rememberWalk({ address: { keep: (values) => (kept = values) }, header, step: 1, row: 2, lock: { name: "W_Q", i: 3, j: 1 } });
  assert.deepEqual(at(Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]))), { step: 1, row: 2, lock: { name: "W_Q", i: 3, j: 1 } });
});

test("the row that is locked is found where rows are the model's own pieces", () => {
  const found = (heads) => lockedRow(`?kind=cross&heads=${heads}`, 4);
  assert.deepEqual(["row-4", "mean-layer~row-1", "row-5", "column-2", "unit-words~row-2", "specials-false~row-2", ""].map(found), [3, 0, null, null, null, null, null]);
});

test("a link that was cut short inside an escape is no error", () => {
  for (const cut of ["%", "unit-words%E0%A4", "%zz"]) assert.equal(typeof parameter(`?kind=cross&heads=${cut}`, "heads"), "string");
  assert.equal(lockedRow("?heads=%", 4), null);
});

test("two views of one name, while one takes the other's place, do not answer each other for ever", () => {
  const window = browser(""), life = new AbortController(), [one, other] = [new Address("paths", life), new Address("paths", life)];
  one.keep({ stop: 1 });
  other.keep({ stop: 2 });
  assert.ok(window.written.length < 6 && location.search.startsWith("?paths=stop-"));
  life.abort();
});
