// The console's script: times in the viewer's zone, live parts, copying, keys. Every page works
// without it.
"use strict";
(() => {
  const two = (n) => String(n).padStart(2, "0");
  function times(root) {
    for (const t of root.querySelectorAll("time[datetime]")) {
      const at = new Date(t.getAttribute("datetime"));
      if (Number.isNaN(at.getTime())) continue;
      const day = at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate());
      const now = new Date();
      const today = now.toDateString() === at.toDateString();
      t.title = at.toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC");
      t.textContent = (today ? "" : day + " ") + two(at.getHours()) + ":" + two(at.getMinutes()) + ":" + two(at.getSeconds());
    }
  }

  // replace puts new children in, but keeps what a person has opened, scrolled or is writing in.
  function replace(main, next) {
    const open = new Set([...main.querySelectorAll("details[open][id]")].map((d) => d.id));
    const before = [...main.children], after = [...next.children];
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const old = before[i], fresh = after[i];
      if (!fresh) { old.remove(); continue; }
      for (const d of fresh.querySelectorAll("details[id]")) d.open = open.has(d.id);
      times(fresh);
      if (!old) { main.append(fresh); continue; }
      if (old.contains(document.activeElement) && document.activeElement.matches("input,select,textarea,button,summary,a")) continue;
      if (!old.isEqualNode(fresh)) {
        const scrolled = [...old.querySelectorAll(".scroll")].map((s) => s.scrollLeft);
        old.replaceWith(fresh);
        [...fresh.querySelectorAll(".scroll")].forEach((s, k) => { s.scrollLeft = scrolled[k] || 0; });
      }
    }
  }

  const main = document.getElementById("main");
  const state = document.getElementById("live");
  const say = (word, text) => { if (state) { state.dataset.state = word; state.textContent = text; } };
  let source = null;
  function listen() {
    if (!main || !main.dataset.live || source || document.hidden) return;
    source = new EventSource(main.dataset.live);
    source.addEventListener("page", (e) => {
      const next = new DOMParser().parseFromString(e.data, "text/html").body;
      replace(main, next);
      say("live", "live");
    });
    source.onerror = () => say("away", "the console does not answer; trying again …");
  }
  // A page that nobody sees asks for nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && source) { source.close(); source = null; say("still", ""); } else { listen(); }
  });

  async function copy(link) {
    const before = link.textContent;
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      await navigator.clipboard.writeText(await answer.text());
      link.textContent = "copied";
    } catch { window.location.href = link.href; }
    setTimeout(() => { link.textContent = before; }, 1500);
  }
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-copy]");
    if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); copy(link); }
  });

  let waiting = 0;
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target.matches("input,select,textarea")) { if (e.key === "Escape") e.target.blur(); return; }
    if (e.key === "/") { const s = document.querySelector(".search input"); if (s) { e.preventDefault(); s.focus(); s.select(); } return; }
    if (e.key === "?") { window.location.href = "/help"; return; }
    if (e.key === "w" && window.location.pathname === "/flow") { window.location.href = new URLSearchParams(window.location.search).has("wall") ? "/flow" : "/flow?wall=1"; return; }
    if (e.key === "g") { waiting = Date.now(); return; }
    if (Date.now() - waiting < 1500) {
      const link = document.querySelector("nav a[data-key='" + CSS.escape(e.key) + "']");
      if (link) window.location.href = link.href;
    }
    waiting = 0;
  });

  times(document);
  listen();
})();
