/**
 * Single keys on the lawyer's desk: `data-key="a"` on a link or button is pressed by that letter.
 *
 * They can be switched off (`data-keys-switch`, WCAG 2.1.4), which this browser remembers, and are
 * deaf while somebody types. `data-key-asks="#one, #other"`: as long as these fields are empty, the
 * key leads to the first of them instead of pressing.
 */
const REMEMBERED = "chatbo-desk-keys";
const root = document.documentElement;
const box = document.querySelector("[data-keys-switch]");
const toggle = box?.querySelector("input");

function show(on) {
  root.dataset.keys = on ? "on" : "off";
}

function press(target) {
  const asked = target.dataset.keyAsks
    ? [...document.querySelectorAll(target.dataset.keyAsks)]
    : [];
  if (asked.length && asked.every((field) => !field.value.trim())) asked[0].focus();
  else target.click();
}

if (toggle) {
  box.hidden = false;
  toggle.checked = localStorage.getItem(REMEMBERED) !== "off";
  show(toggle.checked);
  toggle.addEventListener("change", () => {
    localStorage.setItem(REMEMBERED, toggle.checked ? "on" : "off");
    show(toggle.checked);
  });

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!toggle.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])"))
      return;
    const found = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (!found) return;
    event.preventDefault();
    press(found);
  });
}
