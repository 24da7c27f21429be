// What a page does by itself: keys on a list, a map, focus after a part was replaced.
// Every page works without this file. No eval, no inline style, nothing from elsewhere.
"use strict";
(function () {
  const KEYS = [
    ["j", "volgende regel in de lijst"],
    ["k", "vorige regel in de lijst"],
    ["Enter", "open de regel"],
    ["/", "ga naar zoeken"],
    ["?", "laat deze toetsen zien"],
  ];

  const busy = (target) =>
    target.closest("input, select, textarea, [contenteditable], dialog") !== null;

  // --- a list: rows are `tr[data-row]` (or any [data-row]) with one link -------------------------
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));

  function step(by) {
    const all = rows();
    if (all.length === 0) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const from = at < 0 ? (by > 0 ? -1 : 0) : at;
    const next = all[Math.min(all.length - 1, Math.max(0, from + by))];
    const link = next.querySelector("a[href]");
    if (link) {
      link.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function toSearch() {
    const field = document.querySelector("[data-search], input[type=search]");
    const closed = field && field.closest("details:not([open])");
    if (closed) closed.open = true;
    if (field === null) return false;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus();
    return true;
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?" && rows().length > 0) showKeys();
    else if (event.key === "/" && toSearch()) event.preventDefault();
  }

  // --- the keys, told ----------------------------------------------------------------------------
  function make(tag, text, kind) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function dialog() {
    const made = make("dialog", "", "vk-dialog");
    made.setAttribute("aria-labelledby", "vk-toetsen");
    const title = make("h2", "Sneltoetsen");
    title.id = "vk-toetsen";
    const list = make("ul");
    for (const [key, does] of KEYS) {
      const one = make("li");
      one.append(make("kbd", key), " " + does);
      list.append(one);
    }
    const form = make("form");
    form.method = "dialog";
    form.append(make("button", "Sluiten", "utrecht-button"));
    made.append(title, list, form);
    document.body.append(made);
    return made;
  }

  function showKeys() {
    (document.querySelector("dialog.vk-dialog") || dialog()).showModal();
  }

  // --- a map: GeoJSON in data-map; a table on the same page says the same -------------------------
  const COLOURS = {
    now: "#7a4a00", then: "#0b5351", move: "#0b5351", tie: "#1c4f7c", facility: "#5a5348",
    more: "#0b5351", less: "#7a4a00", same: "#5a5348", hidden: "#5a5348",
  };
  const NAMED = ["now", "then", "move", "tie"]; // the others say their name when they are pointed at

  const SIDES = { now: "left", then: "top", tie: "right" };

  function styled(feature) {
    const colour = COLOURS[feature.properties.kind] || "#5a5348";
    const dashed = feature.properties.dashed ? "6 6" : null;
    const fillOpacity = feature.properties.kind === "hidden" ? 0 : 0.85;
    return { color: colour, fillColor: colour, weight: 3, fillOpacity, dashArray: dashed };
  }

  function worded(feature, layer) {
    const text = feature.properties.label;
    if (!text) return;
    const word = make("span", text); // as text: what is in the data is never read as HTML
    const permanent = NAMED.includes(feature.properties.kind);
    const direction = SIDES[feature.properties.kind] || "top";
    layer.bindTooltip(word, { permanent, direction, className: "vk-map__word" });
  }

  function drawMap(place) {
    const map = L.map(place, {
      attributionControl: false,
      scrollWheelZoom: false,
      zoomControl: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    L.control
      .zoom({ position: "topright", zoomInTitle: "Dichterbij", zoomOutTitle: "Verder weg" })
      .addTo(map);
    if (place.dataset.tiles === "pdok") {
      L.control.attribution({ prefix: false }).addTo(map);
      L.tileLayer(
        "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png",
        { minZoom: 6, maxZoom: 19, attribution: "Kaartgegevens © Kadaster" },
      ).addTo(map);
    }
    const drawn = L.geoJSON(JSON.parse(place.dataset.map), {
      style: styled,
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: feature.properties.radius || 8, ...styled(feature) }),
      onEachFeature: worded,
    }).addTo(map);
    map.fitBounds(drawn.getBounds().pad(0.25), { maxZoom: 16 });
    // A point is no stop on the way through the page: the table beside the map says the same.
    drawn.eachLayer((layer) => layer.getElement().setAttribute("tabindex", "-1"));
  }

  function drawMaps(part) {
    if (typeof L === "undefined") return;
    for (const place of part.querySelectorAll(".vk-map[data-map]:not(.leaflet-container)")) {
      place.classList.add("leaflet-container");
      drawMap(place);
    }
  }

  // --- a slider: its number stands beside it, and each follows the other ----------------------------
  function besides(part) {
    for (const slider of part.querySelectorAll("input[type=range][data-beside]")) {
      const beside = document.getElementById(slider.dataset.beside);
      if (!beside) continue;
      slider.addEventListener("input", () => { beside.value = slider.value; });
      beside.addEventListener("input", () => { if (beside.validity.valid) slider.value = beside.value; });
    }
  }

  // --- htmx: what was replaced is told, and the place somebody was at is kept ----------------------
  function settled(event) {
    drawMaps(event.target);
    besides(event.target);
    const told = event.target.querySelector("[data-focus]");
    if (told) told.focus();
  }

  function outOfReach() {
    const notice = document.getElementById("melding");
    if (notice) notice.textContent = "Geen verbinding. Probeer het over een minuut opnieuw.";
  }

  // --- start -----------------------------------------------------------------------------------------
  function start() {
    document.addEventListener("keydown", pressed);
    document.body.addEventListener("htmx:afterSettle", settled);
    document.body.addEventListener("htmx:sendError", outOfReach);
    const keys = document.querySelector("[data-keys]");
    if (keys && rows().length > 0) {
      keys.hidden = false;
      keys.addEventListener("click", showKeys);
    }
    drawMaps(document);
    besides(document);
  }

  document.addEventListener("DOMContentLoaded", start); // after every deferred script, the map's too
})();
