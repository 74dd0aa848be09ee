/**
 * Copy buttons: `<button data-copy="#id-of-the-code" data-copied="Copied">`.
 *
 * The word on the button changes for two seconds, and a screen reader hears it through the
 * element's `role="status"` child. Without clipboard access the text is selected instead.
 */
export function copyButtons() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      return;
    }
    const label = button.querySelector("[data-copy-label]");
    if (!label || button.classList.contains("is-copied")) return;
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    button.classList.add("is-copied");
    setTimeout(() => {
      label.textContent = before;
      button.classList.remove("is-copied");
    }, 2000);
  });
}
