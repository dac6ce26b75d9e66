// The console's script: times in the viewer's zone, live parts, explanations where the pointer is, copying,
// keys. Every page works without it.
"use strict";
(() => {
  const two = (n) => String(n).padStart(2, "0");
  function times(root) {
    for (const t of root.querySelectorAll("time[datetime]")) {
      const at = new Date(t.getAttribute("datetime"));
      if (Number.isNaN(at.getTime())) continue;
      const day = at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate());
      const today = new Date().toDateString() === at.toDateString();
      t.title = at.toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC");
      t.textContent = (today ? "" : day + " ") + two(at.getHours()) + ":" + two(at.getMinutes()) + ":" + two(at.getSeconds());
    }
  }

  // morph makes an element like another one, node by node, so that what a person has opened, scrolled,
  // focused or is writing in stays.
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) { old.replaceWith(fresh); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if (old.isEqualNode(fresh) || old.matches(".tip:popover-open, input, select, textarea")) return;
    for (const a of [...old.attributes]) if (!fresh.hasAttribute(a.name) && a.name !== "open") old.removeAttribute(a.name);
    for (const a of fresh.attributes) if (old.getAttribute(a.name) !== a.value && a.name !== "open") old.setAttribute(a.name, a.value);
    const before = [...old.childNodes], after = [...fresh.childNodes];
    after.forEach((node, i) => { if (before[i]) morph(before[i], node); else old.append(node); });
    before.slice(after.length).forEach((node) => node.remove());
  }

  // The arrows of the picture: from each node to those that it writes to, where the columns are side by side.
  const shape = (svg, d, ...names) => {
    const p = document.createElementNS("http://www.w3.org/2000/svg", "path");
    p.setAttribute("d", d);
    p.setAttribute("class", names.filter(Boolean).join(" "));
    svg.append(p);
    return p;
  };
  function edges() {
    const flow = document.querySelector(".flow"), svg = flow && flow.querySelector(".edges");
    if (!svg) return;
    svg.replaceChildren();
    const box = flow.getBoundingClientRect(), at = {}, u = parseFloat(getComputedStyle(document.documentElement).fontSize) / 14;
    for (const n of flow.querySelectorAll("[data-node]")) at[n.dataset.node] = n;
    for (const from of flow.querySelectorAll("[data-to]")) {
      const a = from.getBoundingClientRect();
      for (const name of from.dataset.to.split(" ")) {
        const to = at[name], b = to && to.getBoundingClientRect();
        if (!b || b.left <= a.right) continue;
        const x1 = a.right - box.left, y1 = a.top + a.height / 2 - box.top, x2 = b.left - box.left - 1, y2 = b.top + b.height / 2 - box.top, bend = (x2 - x1) / 2;
        const stuck = from.classList.contains("bad"), state = stuck ? "stuck" : "moving" in from.dataset && "moving" in to.dataset ? "moving" : "";
        const line = shape(svg, `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5 * u} ${y2}`, state);
        const head = shape(svg, stuck ? `M${x2 - 3 * u} ${y2 - 6 * u}v${12 * u}` : `M${x2 - 6 * u} ${y2 - 3.5 * u}l${6 * u} ${3.5 * u} ${-6 * u} ${3.5 * u}z`, "head", state);
        for (const p of [line, head]) p.ends = [from, to];
      }
    }
    flow.classList.toggle("edged", svg.childElementCount > 0);
    light(lit);
  }
  // The arrows of the node under the pointer, or with the focus, stand out.
  let lit = null;
  function light(target) {
    const node = target instanceof Element && target.closest(".flow .node"), svg = document.querySelector(".edges");
    if (!svg) return;
    lit = node;
    svg.classList.toggle("lit", !!node);
    for (const p of svg.children) p.classList.toggle("on", p.ends.includes(node));
  }
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (e) => light(e.target));
  window.addEventListener("resize", edges);

  const main = document.getElementById("main");
  const state = document.getElementById("live");
  const say = (word, text) => { if (state) { state.dataset.state = word; state.textContent = text; } };
  let source = null;
  function listen() {
    if (!main || !main.dataset.live || source || document.hidden) return;
    source = new EventSource(main.dataset.live);
    source.addEventListener("page", (e) => {
      const next = new DOMParser().parseFromString(e.data, "text/html").body;
      times(next);
      const before = [...main.children], after = [...next.children];
      after.forEach((node, i) => { if (before[i]) morph(before[i], node); else main.append(node); });
      before.slice(after.length).forEach((node) => node.remove());
      edges();
      say("live", "live");
    });
    source.onerror = () => say("away", "the console does not answer; trying again …");
  }
  // A page that nobody sees asks for nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && source) { source.close(); source = null; say("still", ""); } else { listen(); }
  });

  // Explanations: each number's button opens one; the pointer on the number shows it, too.
  const within = (low, at, high) => Math.max(low, Math.min(at, high));
  function place(tip, at) {
    tip.classList.add("placed");
    const w = tip.offsetWidth, h = tip.offsetHeight, below = at.bottom + 6;
    tip.style.left = within(8, at.left, window.innerWidth - w - 8) + "px";
    tip.style.top = (below + h < window.innerHeight ? below : Math.max(8, at.top - h - 6)) + "px";
  }
  function tipOf(target) {
    const cell = target.closest("td");
    const head = cell && cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
    const button = target.closest("button.what") || (head && head.querySelector("button.what"));
    const id = button ? button.getAttribute("popovertarget") : (target.closest("[data-what]") || { dataset: {} }).dataset.what;
    return id && document.getElementById(id);
  }
  let shown = null, timer = 0;
  document.addEventListener("toggle", (e) => {
    const tip = e.target;
    if (!tip.classList || !tip.classList.contains("tip") || e.newState !== "open" || tip === shown) return;
    const button = document.activeElement && document.activeElement.getAttribute("popovertarget") === tip.id ? document.activeElement : document.querySelector("[popovertarget='" + CSS.escape(tip.id) + "']");
    if (button) place(tip, button.getBoundingClientRect());
  }, true);
  document.addEventListener("pointerover", (e) => {
    if (e.pointerType !== "mouse" || !(e.target instanceof Element)) return;
    clearTimeout(timer);
    if (e.target.closest(".tip")) return;
    const tip = tipOf(e.target);
    if (shown && shown !== tip) { shown.hidePopover(); shown = null; }
    if (!tip || tip.matches(":popover-open") || e.target.closest("a,summary,input,time")) return;
    const at = e.target.getBoundingClientRect();
    timer = setTimeout(() => { if (tip.isConnected && !tip.matches(":popover-open")) { shown = tip; tip.showPopover(); place(tip, at); } }, 400);
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
    clearTimeout(timer);
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

  const current = document.querySelector("header nav a[aria-current]");
  if (current) current.scrollIntoView({ inline: "center", block: "nearest" });
  times(document);
  edges();
  listen();
})();
