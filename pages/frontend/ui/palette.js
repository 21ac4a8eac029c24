/**
 * Every colour of the app. What follows the `=` is JSON: pages/server/palette.py reads it, too, for the style sheet,
 * the tiles and the films. `.streamlit/config.toml` and `logo.svg` have to repeat some (a test compares them).
 *
 * The ten class colours begin with the three of the design (a, b, c) and were chosen to stay apart for colour-blind
 * people; class markers differ in shape as well. The luminance of a sequence runs one way, so that its order survives
 * colour blindness and grey printing.
 */
export const PALETTE =
{
  "light": {
    "bg": "#fbfbf9", "card": "#ffffff", "ink": "#1d2733", "soft": "#5d6975", "line": "#e6e8ea", "tint": "#f1f5f8",
    "a": "#0877bd", "b": "#e8890c", "c": "#2a9d6f",
    "focus": "#0877bd", "warning": "#a65a00", "error": "#b3261e", "success": "#1d7a54",
    "caption": "#5b6773", "on-accent": "#ffffff", "accent-hover": "#066ba9", "notice": "#fff8ec", "notice-line": "#efd9b0",
    "classes": ["#0877bd", "#e8890c", "#2a9d6f", "#b8478f", "#6a51c8", "#c9a800", "#3ea8c4", "#a3402c", "#6b7682", "#7d8f1e"],
    "sequence": ["#fdf8dd", "#c5e5bd", "#72c3bd", "#2f8fc0", "#23509b"]
  },
  "dark": {
    "bg": "#10151b", "card": "#171e26", "ink": "#e8edf2", "soft": "#93a0ad", "line": "#28323d", "tint": "#1d2731",
    "a": "#4aa8e8", "b": "#f5a742", "c": "#55c99a",
    "focus": "#4aa8e8", "warning": "#f5b95f", "error": "#ff9b92", "success": "#6fd6ab",
    "caption": "#9aa7b4", "on-accent": "#08131c", "accent-hover": "#64b6ee", "notice": "#2b2416", "notice-line": "#5a4a26",
    "classes": ["#4aa8e8", "#f5a742", "#55c99a", "#ea8cc6", "#a693f5", "#e8d04d", "#7cdcf0", "#e0806a", "#a3afba", "#b9cc5b"],
    "sequence": ["#15273f", "#1d5785", "#2b90ab", "#7bcaa2", "#f4efab"]
  },
  "both": {
    "on-dark": "#ffffff", "on-light": "#1d2733", "on-middle": "#05090d",
    "tile-classes": ["#1f86c9", "#e8890c", "#2fa877"], "tile-pencil": "#7a8694",
    "logo-line": "#2b8fcf", "logo-point": "#e8890c"
  }
};
