/**
 * The theme switch: buttons with `data-theme-choice="light|dark|system"`.
 *
 * The choice is stored because the person asked for it (§ 25 (2) no. 2 TDDDG); "system" takes it
 * away again. The buttons are hidden in the markup, as they do nothing without this script.
 */
export function themeSwitch() {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll("[data-theme-choice]")];

  const show = () => {
    const current = root.dataset.bsTheme ?? "system";
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
    }
  };

  for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const choice = button.dataset.themeChoice;
      if (choice === "system") delete root.dataset.bsTheme;
      else root.dataset.bsTheme = choice;
      try {
        if (choice === "system") localStorage.removeItem("theme");
        else localStorage.setItem("theme", choice);
      } catch {
        // Storage is blocked: the choice holds for this page.
      }
      show();
    });
  }
  show();
}
