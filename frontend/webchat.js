// The web chat's page: what is said goes out without a reload, and what is new comes in.
// Without this script the forms work by themselves, each with a reload.
const QUICK = 1000;
const CALM = 5000;

for (const chat of document.querySelectorAll("[data-chat]")) start(chat);

function start(chat) {
  const log = chat.querySelector("[data-chat-log]");
  const problem = chat.querySelector("[data-chat-problem]");
  const written = chat.querySelector(".chat-write");
  let spokeAt = 0;
  let isBusy = false;

  const show = (html) => {
    problem.textContent = "";
    if (log.dataset.html === html) return;
    log.dataset.html = html;
    log.innerHTML = html;
    // What led here may have been withdrawn by what was said: the new word stands for the old.
    const [stood, stands] = chat.querySelectorAll("[data-chat-consent]");
    if (stands) stood.replaceWith(stands);
    // What became of an erasure is read from its start, a conversation from its end.
    log.scrollTop = log.querySelector("[data-chat-state]") ? 0 : log.scrollHeight;
  };

  const say = async (data) => {
    if (isBusy) return;
    isBusy = true;
    spokeAt = Date.now();
    // Each act has a name of its own: sent twice, it counts once.
    data.set("nonce", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
    try {
      const answer = await fetch(location.pathname + location.search, {
        method: "POST",
        body: data,
        headers: { "X-Chat": "1" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      if (!data.has("payload")) written.text.value = "";
      written.text.focus();
    } catch {
      problem.textContent = chat.dataset.failed;
    } finally {
      isBusy = false;
    }
  };

  chat.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-chat-form]")) return;
    event.preventDefault();
    say(new FormData(event.target, event.submitter));
  });

  const look = async () => {
    if (!document.hidden && !isBusy) {
      try {
        const answer = await fetch(chat.dataset.chat, { headers: { "X-Chat": "1" } });
        const html = answer.ok && !isBusy ? await answer.text() : "";
        // Before anything is said nothing is stored: what the page itself said stays.
        if (html.trim() && !isBusy) show(html);
      } catch {
        // The next look may succeed.
      }
    }
    setTimeout(look, Date.now() - spokeAt < 60_000 ? QUICK : CALM);
  };

  log.scrollTop = log.scrollHeight;
  setTimeout(look, CALM);
}
