/* The Ward list: how a row is drawn, in which order rows stand, and how one is opened. */

(function () {
  const h = React.createElement;
  const LANES = [
    ["emergency", "Emergency"],
    ["urgent", "Urgent"],
    ["watch", "Watch"],
    ["routine", "Routine"],
    ["unknown", "No current score"],
  ];
  const REST_MS = 5000;      // a list that nobody has touched for so long is not being read
  const open = new Set(["emergency", "urgent", "watch"]);
  let shown = { ward: undefined, order: [], rows: null, lanes: "" };
  let touched = 0;

  for (const event of ["mousemove", "keydown", "wheel"]) {
    document.addEventListener(event, (e) => {
      if (e.target.closest && e.target.closest("#ward-list")) touched = Date.now();
    }, { passive: true });
  }

  /* Rows. */

  const shape = (level) => h("span", { className: "shape shape-" + level, "aria-hidden": true });
  const two = (first, second, className) => h("div", { className: "two " + (className || "") },
    h("span", { className: "first" }, first), h("span", { className: "second", title: second }, second));

  function Level({ data }) {
    return two(h("span", { className: "level" }, shape(data.level), data.word), data.was);
  }

  function Bed({ data }) {
    const link = h("a", { href: "/patient/" + data.id, tabIndex: -1, className: "bed" }, data.bed);
    return two(link, data.ward, data.ward ? "" : "alone");
  }

  function Who({ data }) {
    const about = data.age_and_sex ? " (" + data.age_and_sex + ")" : "";
    return two((data.initials + about).trim(), data.stay);
  }

  function News2({ data }) {
    const trend = h("span", { className: "trend" }, data.trend);
    const total = h("span", { className: "figure" }, data.news2);
    return two([h("span", { key: "t" }, total, trend)], data.news2_note, "right");
  }

  function Risk({ data, context }) {
    const percent = two(h("span", { className: "figure" }, data.risk), data.risk_note, "right");
    return h("div", { className: "risk" }, percent,
      data.trail.length > 0 && h(Sparkline, { trail: data.trail, bands: context.bands }));
  }

  function Reasons({ data }) {
    return h("div", { className: "two" }, data.reasons.map(([told, age]) =>
      h("span", { key: told, className: "reason", title: told + " · " + age },
        h("span", { className: "told" }, told), h("span", { className: "of-age" }, age))));
  }

  function Alert({ data }) {
    if (!data.alert) return null;
    return two([h("span", { key: "f", "aria-hidden": true }, "⚑ "), data.alert], data.alert_note);
  }

  function Newest({ data }) {
    return two(data.newest, data.newest_note);
  }

  function Lane({ data }) {
    return h("button", { className: "lane", tabIndex: -1, "aria-expanded": data.is_open, onClick: () => toggle(data.level) },
      h("span", { className: "chevron", "aria-hidden": true }, data.is_open ? "▾" : "▸"),
      shape(data.level), h("span", null, data.word), h("span", { className: "lane-count" }, data.count));
  }

  /* Risk over 12 h: 0 to 60 %, a dotted line where each band begins, gaps of over an hour stay gaps. */
  function Sparkline({ trail, bands }) {
    const width = 104, height = 32, top = 0.6;
    const x = (hours) => 2 + (width - 6) * (1 + hours / 12);
    const y = (risk) => height - 2 - (height - 4) * Math.min(risk, top) / top;
    const path = trail.map(([hours, risk], i) => {
      const joined = i > 0 && hours - trail[i - 1][0] <= 1;
      return (joined ? "L" : "M") + x(hours).toFixed(1) + " " + y(risk).toFixed(1);
    }).join("");
    const [hours, risk] = trail[trail.length - 1];
    return h("svg", { className: "sparkline", width, height, "aria-hidden": true },
      bands.map((low) => h("line", { key: low, x1: 0, x2: width, y1: y(low), y2: y(low), className: "band-edge" })),
      h("path", { d: path, className: "trail" }),
      h("circle", { cx: x(hours), cy: y(risk), r: 2.5, className: "trail-end" }));
  }

  Object.assign(window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {},
    { Level, Bed, Who, News2, Risk, Reasons, Alert, Newest, Lane });

  /* Order. Rows never move under a pointer or the keyboard: what they say changes at once, where
     they stand when the list has been left alone. */

  function arrange(data) {
    if (!data) return [[], ""];
    const wanted = data.rows.map((row) => ({ id: row.id, lane: row.level }));
    const same = JSON.stringify(wanted) === JSON.stringify(shown.order);
    const held = data.ward === shown.ward && shown.order.length > 0 && !same && isBeingRead();
    const order = held ? shown.order : wanted;
    const lanes = [...open].join();
    if (data.rows === shown.rows && order === shown.order && lanes === shown.lanes) {
      return [dash_clientside.no_update, held ? pending() : ""];
    }
    shown = { ward: data.ward, order, rows: data.rows, lanes };
    return [laidOut(data.rows, order), held ? pending() : ""];
  }

  const pending = () => "Patients have changed places: the list follows when the pointer rests.";

  function isBeingRead() {
    return Date.now() - touched < REST_MS;
  }

  function laidOut(rows, order) {
    if (!rows.length) return [];
    const byId = new Map(rows.map((row) => [row.id, row]));
    return LANES.flatMap(([level, word]) => {
      const members = order.filter((place) => place.lane === level && byId.has(place.id));
      const lane = { id: "lane-" + level, is_lane: true, level, word, count: members.length, is_open: open.has(level) };
      return [lane].concat(open.has(level) ? members.map((place) => byId.get(place.id)) : []);
    });
  }

  function toggle(level) {
    if (!open.delete(level)) open.add(level);
    dash_clientside.set_props("ward-lanes", { data: [...open] });
  }

  /* Opening. */

  function openRow(params) {
    if (params.data.is_lane) return;
    dash_clientside.set_props("address", { pathname: "/patient/" + params.data.id, search: "" });
    focusOn("main.patient");
  }

  /* The keyboard goes on where the new page begins. */
  function focusOn(selector) {
    const found = document.querySelector(selector);
    if (found) found.focus(); else setTimeout(focusOn, 50, selector);
  }

  function onRowClick(params) {
    const click = params.event;
    if (!click || click.ctrlKey || click.metaKey || click.shiftKey) return;   // a new tab: the link's own
    click.preventDefault();
    openRow(params);
  }

  function onRowKey(params) {
    if (params.event.key !== "Enter" && !(params.data.is_lane && params.event.key === " ")) return;
    params.event.preventDefault();
    if (params.data.is_lane) toggle(params.data.level); else openRow(params);
  }

  Object.assign(window.dashAgGridFunctions = window.dashAgGridFunctions || {}, { onRowClick, onRowKey });

  function addressOf(choice) {
    return choice === "All wards" ? "" : "?ward=" + encodeURIComponent(choice);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ward: { arrange, addressOf } });
})();
