// Draws the charts from the data beside them, and opens the statements that a cell, point or link counts.
(() => {
  "use strict";
  const list = document.getElementById("evidence");
  const rows = list ? [...list.querySelectorAll("tbody tr")] : [];
  const words = list ? JSON.parse(list.dataset.words) : {};
  const clusters = words.clusters || {};
  const config = JSON.parse(document.getElementById("plot-config").textContent);
  const codes = new Map(rows.map((row) => [row, new Map((row.dataset.codes || "").split(" ").filter(Boolean).map((code) => {
    const at = code.lastIndexOf(":");
    return [code.slice(0, at), Number(code.slice(at + 1))];
  }))]));

  // What a wish names must hold; what it leaves open may be anything. theme may be "theme" or "theme/subtheme".
  const fits = (row, wish) =>
    (!wish.statement || row.dataset.statement === wish.statement) &&
    (!wish.statements || wish.statements.includes(row.dataset.statement)) &&
    (!wish.plan || row.dataset.plan === wish.plan) &&
    (!wish.measure || row.dataset.measure === wish.measure) &&
    (!wish.cluster || row.dataset.cluster === wish.cluster) &&
    (!wish.theme || (wish.theme === "none" ? codes.get(row).size === 0 : codes.get(row).has(wish.theme) || row.dataset.strength === wish.theme)) &&
    (!wish.strength || row.dataset.strength === wish.strength) &&
    (!wish.text || row.querySelector(".quote").textContent.toLowerCase().includes(wish.text.toLowerCase()));
  const chosen = (wish) => rows.filter((row) => fits(row, wish));
  const label = (wish) => [wish.plan && words.plans[wish.plan], wish.theme && words.themes[wish.theme], wish.cluster && clusters[wish.cluster], wish.measure, wish.statement].filter(Boolean).join(" · ");

  let opener = null;
  function show(wish, place, from) {
    const old = document.querySelector(".panel");
    if (old) old.remove();
    const found = chosen(wish);
    const panel = document.createElement("section");
    panel.className = "panel";
    panel.tabIndex = -1;
    const title = document.createElement("h3");
    title.textContent = [label(wish), words.count.replace("{n}", found.length)].filter(Boolean).join(": ");
    panel.setAttribute("aria-label", title.textContent);
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = words.close;
    close.addEventListener("click", () => { panel.remove(); if (opener) opener.focus(); });
    const table = document.createElement("table");
    const body = table.createTBody();
    found.forEach((row) => { const copy = row.cloneNode(true); copy.removeAttribute("id"); copy.hidden = false; body.append(copy); });
    panel.append(close, title, table);
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close.click(); });
    place.after(panel);
    opener = from || null;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  // A mark's customdata are the ids of what it counts, the plan's first: a theme, a statement, a measure, a cluster.
  const known = {
    statement: new Set(rows.map((row) => row.dataset.statement)),
    measure: new Set(rows.map((row) => row.dataset.measure)),
    theme: new Set(Object.keys(words.themes || {})),
    cluster: new Set(rows.map((row) => row.dataset.cluster)),
  };
  function wishOf(point) {
    const [plan, ...ids] = [point.customdata].flat();
    if (!words.plans || !(plan in words.plans)) return null;
    const wish = { plan };
    ids.forEach((id) => { const kind = Object.keys(known).find((name) => id && known[name].has(id)); if (kind) wish[kind] = id; });
    return wish.statement ? { statement: wish.statement } : wish.measure ? { measure: wish.measure } : wish;
  }

  // What a chart says under the mouse, for those who use none: a list, each value a button that opens its statements.
  function valuesOf(traces) {
    const all = document.createElement("ul");
    const text = (said) => new DOMParser().parseFromString(said.replaceAll("<br>", " · "), "text/html").body.textContent;
    for (const { hovertext, customdata } of traces) {
      if (!Array.isArray(hovertext)) continue;
      const deep = Array.isArray(hovertext[0]);
      const ids = deep ? (customdata || []).flat() : customdata || [];
      (deep ? hovertext.flat() : hovertext).forEach((said, at) => {
        if (!said) return;
        const item = document.createElement("li");
        const wish = list && ids[at] && wishOf({ customdata: ids[at] });
        const place = wish ? document.createElement("button") : item;
        place.textContent = text(said);
        if (wish) { place.type = "button"; place.dataset.open = JSON.stringify(wish); item.append(place); }
        all.append(item);
      });
    }
    return all;
  }

  function draw(figure) {
    const plot = figure.querySelector(".plot");
    const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    // A figure with a width of its own keeps it, since its labels are set for it: the drawing as a whole is scaled to the page.
    const fit = () => {
      const scale = Math.min(figure.clientWidth / spec.layout.width, 1.35);
      plot.style.transform = `scale(${scale})`;
      plot.parentElement.style.height = `${spec.layout.height * scale}px`;
    };
    if (spec.layout.width) { plot.style.width = `${spec.layout.width}px`; fit(); new ResizeObserver(fit).observe(figure); }
    const values = figure.querySelector(".values");
    values.addEventListener("toggle", () => { if (values.open && !values.querySelector("ul")) values.append(valuesOf(spec.data)); });
    return Plotly.newPlot(plot, spec.data, spec.layout, { ...config, responsive: !spec.layout.width }).then(() => {
      plot.on("plotly_click", (event) => {
        const wish = event.points.map(wishOf).find(Boolean);
        if (wish && list) show(wish, figure, null);
      });
    });
  }

  // One after the other, so that the page answers between two.
  const waiting = [...document.querySelectorAll("figure.chart")];
  function drawNext() {
    const figure = waiting.shift();
    if (figure) draw(figure).finally(() => setTimeout(drawNext));
    else performance.mark("charts-drawn");
  }
  // The page answers before the library that draws has been read.
  document.addEventListener("DOMContentLoaded", drawNext);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link || !list) return;
    event.preventDefault();
    show(JSON.parse(link.dataset.open), link.closest(".scroll, figure.chart, ul, ol, p, .panel") || link, link);
  });

  // On paper nothing can be unfolded.
  window.addEventListener("beforeprint", () => document.querySelectorAll("details:not(.values)").forEach((part) => { part.open = true; }));

  performance.mark("answers");
  if (!list) return;
  const form = list.querySelector(".controls");
  const shown = form.querySelector("output");
  form.hidden = false;
  const refresh = () => {
    const wish = Object.fromEntries(new FormData(form));
    let n = 0;
    rows.forEach((row) => { const fit = fits(row, wish); row.hidden = !fit; n += fit; });
    shown.textContent = words.count.replace("{n}", n);
  };
  form.addEventListener("input", refresh);
  form.addEventListener("submit", (event) => event.preventDefault());
  refresh();
})();
