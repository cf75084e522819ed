// What Streamlit's own menu would do for its links; and where a page opens.
import { arrive } from "./arrive.js"

const PHONE = "(max-width: 768px)"

// On a phone the menu covers the page, so a click on one of its links closes it.
function fold(event) {
  if (!window.matchMedia(PHONE).matches || !event.target.closest("a[href]")) return
  event.currentTarget.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
}

export default function () {
  arrive()
  const sidebar = document.querySelector('[data-testid="stSidebar"]')
  if (!sidebar) return
  sidebar.addEventListener("click", fold) // the same function is never added twice
  return () => sidebar.removeEventListener("click", fold)
}
