// Loaded in <head>, before the first paint: puts a stored choice of theme on <html>.
//
// Nothing is stored until somebody uses the switch (modules/theme.js), so without a choice the
// page follows the system in plain CSS, and this script finds nothing to do.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.bsTheme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
