/**
 * Buttons that need a ticked box: `<button data-needs="#box">`.
 *
 * Only a hint: without script the button is there, and the server refuses without the consent.
 */
for (const button of document.querySelectorAll("[data-needs]")) {
  const box = document.querySelector(button.dataset.needs);
  const follow = () => {
    button.disabled = !box.checked;
  };
  box.addEventListener("change", follow);
  addEventListener("pageshow", follow);
  follow();
}
