const WAIT = 8000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
  }
}

/**
 * Forms: a second press does not send twice, and the error summary gets the focus.
 *
 * A button is only marked (`aria-disabled`), not disabled: a disabled button would drop its own
 * name and value from what is sent. After eight seconds, or on coming back to the page, the form
 * may be sent again, since the answer may have been a download that left the page standing.
 */
export function forms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return; // htmx sends this one, and guards it with hx-disable
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(release, WAIT, form);
  });

  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });

  document.querySelector("[data-error-summary]")?.focus();
}
