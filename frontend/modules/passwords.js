/**
 * The eye in a password's field: `<button data-show-password="#id-of-the-field" aria-pressed hidden>`.
 *
 * Hidden in the markup, as it does nothing without this script. What is sent is a password again,
 * so that no browser keeps it among the texts that it suggests.
 */
export function passwords() {
  for (const button of document.querySelectorAll("[data-show-password]")) {
    const field = document.querySelector(button.dataset.showPassword);
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.addEventListener("click", () => show(field.type === "password"));
    field.form?.addEventListener("submit", () => show(false));
    button.hidden = false;
  }
}
