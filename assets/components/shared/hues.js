// The colours of heads on every page, as pages/ui/theme.py has them, and of what is cut like heads.

const HUES = ["#4583d6", "#dd5a36", "#1f9a91", "#c2901a", "#8d6bd8", "#d0548c", "#7a9e3b", "#6f87a8", "#2f6fb5", "#b5472a", "#187a73", "#9a7012", "#7250c0", "#ab3d70", "#5f7d2b", "#576c88"];

/** The colour of a head, path or group, counted from 0; beyond 16 they begin again. */
export const hueAt = (place) => HUES[place % HUES.length];
