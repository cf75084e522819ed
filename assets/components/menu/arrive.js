// A link that names a panel opens the page at that panel's row of tabs, once: the panel may lie some screens below.

const ACTS = ["wheel", "touchstart", "pointerdown", "keydown"]
const PATIENCE = 15_000 // ms in which views above may still come and push the tabs down

/** The row of tabs that the address of this document asks for; null when it names no panel. */
export function asked(address) {
  const { pathname, searchParams } = new URL(address)
  return searchParams.get("panel") && `.st-key-${pathname.split("/").at(-1)}-panel`
}

let arrived = false

/** Keeps that row at the top of the view until the person does anything. It jumps, so that nothing moves across the screen. */
export function arrive() {
  if (arrived) return
  arrived = true
  const row = asked(location.href), main = document.querySelector('[data-testid="stMain"]')
  if (!row || !main) return
  const ending = new AbortController(), stop = () => ending.abort()
  const sizes = new ResizeObserver(() => show(document.querySelector(row)))
  for (const act of ACTS) window.addEventListener(act, stop, { signal: ending.signal, capture: true, passive: true })
  ending.signal.addEventListener("abort", () => sizes.disconnect())
  setTimeout(stop, PATIENCE)
  sizes.observe(main.firstElementChild)
}

/** Below Streamlit's own header, which lies over the page. */
function show(row) {
  if (!row) return
  row.style.scrollMarginTop = `${document.querySelector('[data-testid="stHeader"]')?.offsetHeight ?? 0}px`
  row.scrollIntoView({ block: "start", behavior: "instant" })
}
