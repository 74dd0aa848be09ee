// The preview of a conversion tool: the real tool, but its second click records nothing.
//
// The tool's own script (/e/<tool>/<version>.js) is loaded before this one and makes the element.
for (const preview of document.querySelectorAll("[data-embed-preview]")) {
  const said = preview.querySelector("[data-embed-said]");
  const root = preview.querySelector("[data-embed]").shadowRoot;
  root?.addEventListener("submit", (event) => {
    event.preventDefault();
    event.target.closest("[popover]")?.hidePopover();
    said.hidden = false;
  });
}
