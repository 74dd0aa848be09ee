/**
 * Passkeys: `<form data-passkey="create|get">` with a hidden field `credential`.
 *
 * What is to be signed stands in the JSON of `data-options="#id"`, or comes from
 * `data-options-url`. The button `data-passkey-start` begins; what went wrong is said by whichever
 * of the form's `data-passkey-says="unsupported|elsewhere|cancelled|known|failed"` fits.
 */
const toBytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));

async function create({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      // The key can then be found without a name, and asks for a finger or a PIN itself.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  const { clientDataJSON, attestationObject } = credential.response;
  return told(credential, {
    clientDataJSON: toText(clientDataJSON),
    attestationObject: toText(attestationObject),
  });
}

async function get({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return told(credential, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle && toText(userHandle),
  });
}

function told(credential, response) {
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
  });
}

async function optionsOf(form) {
  if (form.dataset.options) {
    return JSON.parse(document.querySelector(form.dataset.options).textContent);
  }
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  return await answer.json();
}

function say(form, what) {
  for (const sentence of form.querySelectorAll("[data-passkey-says]")) {
    sentence.hidden = sentence.dataset.passkeySays !== what;
  }
}

const SAID = {
  NotAllowedError: "cancelled",
  InvalidStateError: "known",
  SecurityError: "elsewhere",
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-start]");
  const field = form.elements.credential;
  let busy = false;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (busy) return;
    if (!window.PublicKeyCredential) return say(form, "unsupported");
    busy = true;
    say(form, "");
    try {
      const options = await optionsOf(form);
      const ask = form.dataset.passkey === "create" ? create : get;
      field.value = await ask(options.creation_options ?? options.request_options);
      form.requestSubmit();
    } catch (error) {
      say(form, SAID[error.name] ?? "failed");
    }
    busy = false;
  });
}
