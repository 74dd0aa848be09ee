// The phone: draws a conversation and lets a person act in it. It polls, as nothing here is worth
// more; all text goes in as text, never as HTML.

const POLL = 1000;
const stage = document.querySelector("main");
const words = JSON.parse(stage.dataset.words);
const part = (name) => stage.querySelector(`[data-${name}]`);
const choice = part("choose");
const talk = part("talk");
const composer = part("composer");
const sheet = part("menu");
const menuButton = part("menu-button");

let drawn = "";
let view = null;

const chosen = () => ({
  chat: choice.elements.chat.value,
  person: Number(choice.elements.person.value),
});

async function post(path, values) {
  const response = await fetch(`/control${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function act(act, values = {}) {
  try {
    await post("/act", { ...chosen(), act, ...values });
    complain("");
  } catch (error) {
    complain(`${words.failed} ${error.message}`);
  }
  await refresh();
}

function complain(sentence) {
  const place = part("problem");
  place.textContent = sentence;
  place.hidden = !sentence;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function link(title, url) {
  const made = element("a", "choice", title);
  made.href = url;
  made.target = "_blank";
  made.rel = "noopener";
  return made;
}

function button(title, press) {
  const made = element("button", "choice", title);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

const tap = (title, payload) => () => act("tap", { title, payload });

function choicesOf(message) {
  const fromMessenger = (message.buttons ?? []).map((item) =>
    item.type === "web_url" ? link(item.title, item.url) : button(item.title, tap(item.title, item.payload)),
  );
  const fromTelegram = (message.inline_keyboard ?? [])
    .flat()
    .map((item) =>
      item.url ? link(item.text, item.url) : button(item.text, tap(item.text, item.callback_data)),
    );
  return [...fromMessenger, ...fromTelegram];
}

function addresses(text) {
  // Addresses in a text become links, as on a phone.
  return text.split(/(https?:\/\/[^\s]+[^\s.,;:!?)])/).map((piece, index) => {
    if (index % 2 === 0) return document.createTextNode(piece);
    const made = link(piece, piece);
    made.className = "";
    return made;
  });
}

function bubble(message) {
  const row = element("div", `row ${message.sender}${message.notice ? " notice" : ""}`);
  row.dataset.message = message.id;
  const body = element("div", "bubble");
  if (message.text) {
    const text = element("p");
    text.append(...addresses(message.text));
    body.append(text);
  }
  const choices = choicesOf(message);
  if (choices.length) {
    const box = element("div", "choices");
    box.append(...choices);
    body.append(box);
  }
  const time = element("time", "", new Date(message.at * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
  row.append(body, time);
  return row;
}

function drawTalk() {
  const known = new Set([...talk.querySelectorAll("[data-message]")].map((row) => row.dataset.message));
  talk.querySelectorAll(".hint").forEach((hint) => hint.remove());
  const fresh = view.messages.filter((message) => !known.has(String(message.id)));
  talk.append(...fresh.map(bubble));
  const hints = [];
  if (!view.connected) hints.push(words.not_connected);
  if (!view.messages.length) hints.push(view.greeting || words.empty);
  if (view.blocked) hints.push(words.blocked);
  talk.append(...hints.map((text) => element("p", "hint", text)));
}

function drawQuick() {
  // Quick replies stand under the last message only, and go when something new is said.
  const last = view.messages.filter((message) => !message.notice).at(-1) ?? {};
  const replies = (last.quick_replies ?? []).map((reply) =>
    button(reply.title, () => act("quick-reply", { title: reply.title, payload: reply.payload })),
  );
  const keys = (last.keyboard ?? []).flat().map((key) => button(key.text, () => act("write", { text: key.text })));
  part("quick").replaceChildren(...replies, ...keys);
}

function drawMenu() {
  const items = view.menu.map((item) => {
    const row = element("li");
    if (item.type === "web_url") row.append(link(item.title, item.url));
    else {
      const press = () => {
        openMenu(false);
        return item.type === "command"
          ? act("write", { text: item.title })
          : act("tap", { title: item.title, payload: item.payload });
      };
      row.append(button(item.title, press));
    }
    if (item.note) row.append(element("small", "", item.note));
    return row;
  });
  part("menu-items").replaceChildren(...items);
  menuButton.hidden = !items.length || view.get_started;
}

function draw() {
  const name = choice.elements.chat.selectedOptions[0].textContent.match(/^(.*) \((.*)\)$/);
  part("name").textContent = name[1];
  part("platform").textContent = name[2];
  part("avatar").textContent = name[1].charAt(0);
  stage.dataset.platform = name[2].toLowerCase();
  drawTalk();
  drawQuick();
  drawMenu();
  part("start").hidden = !view.get_started;
  composer.hidden = view.get_started || (!view.can_write && menuButton.hidden);
  composer.elements.text.disabled = !view.can_write;
  const block = stage.querySelector("[data-stage=block]");
  block.textContent = view.blocked ? words.unblock : words.block;
  // Last of all: what stands below the talk takes room from it.
  talk.scrollTop = talk.scrollHeight;
}

async function refresh() {
  const { chat, person } = chosen();
  let text;
  try {
    const response = await fetch(`/control/chat?chat=${encodeURIComponent(chat)}&person=${person}`);
    text = await response.text();
  } catch {
    complain(words.offline);
    return;
  }
  if (part("problem").textContent === words.offline) complain("");
  const now = chosen();
  if (text === drawn || now.chat !== chat || now.person !== person) return;
  drawn = text;
  view = JSON.parse(text);
  draw();
}

function openMenu(open) {
  sheet.hidden = !open;
  menuButton.setAttribute("aria-expanded", String(open));
  if (open) sheet.querySelector("li a, li button")?.focus();
  else menuButton.focus();
}

choice.addEventListener("change", () => {
  const query = new URLSearchParams(new FormData(choice));
  history.replaceState(null, "", `?${query}`);
  talk.replaceChildren();
  drawn = "";
  sheet.hidden = true;
  complain("");
  refresh();
});
choice.addEventListener("submit", (event) => event.preventDefault());

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = composer.elements.text.value.trim();
  if (!text) return;
  composer.elements.text.value = "";
  act("write", { text });
});

part("start").addEventListener("click", () => act("start", { ref: stage.dataset.ref }));
menuButton.addEventListener("click", () => openMenu(sheet.hidden));
part("menu-close").addEventListener("click", () => openMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !sheet.hidden) openMenu(false);
});

const backstage = {
  again: () => post("/deliveries/again", chosen()),
  "pass-day": () => post("/time", { seconds: 25 * 3600 }),
  block: () => post("/act", { ...chosen(), act: view.blocked ? "unblock" : "block" }),
  "delete-data": () => callback("data-deletion"),
  "remove-app": () => callback("deauthorize"),
};

// Meta's call to the app; gives back the page about it, where the app named one.
async function callback(name) {
  const answer = await post("/meta/signed-request", { person: chosen().person, callback: name });
  if (answer.status !== 200) throw new Error(answer.problem ?? `${answer.status}`);
  return answer.body ? JSON.parse(answer.body).url : "";
}

function tell(said, url) {
  said.textContent = words.done;
  if (!/^https?:/.test(url)) return;
  const link = document.createElement("a");
  link.href = url;
  link.textContent = words.see_state;
  said.append(" ", link);
}

for (const [name, run] of Object.entries(backstage)) {
  stage.querySelector(`[data-stage="${name}"]`).addEventListener("click", async () => {
    const said = part("stage-said");
    try {
      tell(said, await run());
    } catch (error) {
      said.textContent = `${words.failed} ${error.message}`;
    }
    refresh();
  });
}

await refresh();
if (stage.dataset.ref && view?.started) await act("link", { ref: stage.dataset.ref });
setInterval(() => document.hidden || refresh(), POLL);
