// Which part is shown, what the address says of it, and the keys.
const panes = document.querySelector(".panes");
const views = [...document.querySelectorAll(".view")];
const viewNames = views.map((view) => view.id.slice("view-".length));
const state = { view: "causes", check: "", cause: "", q: "", outcome: "", severity: "", dialect: "", area: "" };
const started = { checks: false, coverage: false };

function addressOf(changes) {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(changes)) if (value) parts.set(key, value);
  return "#" + parts.toString();
}

function copyLink(changes) {
  copy(location.href.split("#")[0] + addressOf(changes), "Link");
}

/** Keep the address in step with what is shown, without a new entry in the history. */
function remember() {
  history.replaceState(null, "", addressOf(state));
}

/** Return where the parts begin, below the verdict; the row of tabs itself moves along. */
const belowHead = () => document.querySelector("header.top").offsetHeight;

function showView(name) {
  state.view = viewNames.includes(name) ? name : "causes";
  for (const view of views) view.hidden = view.id !== "view-" + state.view;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.getAttribute("href") === "#view=" + state.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (state.view === "checks") startChecks();
  if (state.view === "coverage") startCoverage();
}

function startChecks() {
  if (!started.checks) {
    started.checks = true;
    fillSelects();
    for (const name of FILTERS) document.getElementById("f-" + name).addEventListener(name === "q" ? "input" : "change", filtered);
    document.getElementById("f-clear").addEventListener("click", () => { for (const name of FILTERS) document.getElementById("f-" + name).value = ""; filtered(); });
    document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
    new ResizeObserver(() => list.draw()).observe(list.box);
  }
  for (const name of FILTERS) document.getElementById("f-" + name).value = state[name];
  refresh();
}

function filtered() {
  for (const name of FILTERS) state[name] = document.getElementById("f-" + name).value;
  list.box.scrollTop = 0;
  refresh();
  remember();
}

function refresh() {
  list.show(wanted(state));
  const shown = list.rows.length;
  document.getElementById("shown").textContent = shown === checks.length ? `${shown} checks` : `${shown} of ${checks.length} checks`;
  const asked = named.get(state.check) || checks.find((check) => check.id === state.check);
  if (asked && asked !== reading.check) { read(asked); panes.classList.add("reading"); }
  else if (!reading.check && list.rows.length) read(list.rows[0]);
  else if (!reading.check) pane.replaceChildren(make("p.nothing-here", null, "Choose a check."));
  list.mark(reading.check);
}

/** Choose a check of the list; `open` also goes to it where the screen has room for one pane only. */
function choose(check, { open = false, finding = 0 } = {}) {
  if (!check) return;
  state.check = check.key;
  read(check, finding);
  list.mark(check);
  if (open) panes.classList.add("reading");
  pane.scrollTop = 0;
  remember();
}

function leave() {
  panes.classList.remove("reading");
  list.draw();
  list.mark(reading.check);
  list.box.focus();
}

function openCheck(check, finding) {
  state.q = state.outcome = state.severity = state.dialect = state.area = "";
  state.check = check.key;
  history.pushState(null, "", addressOf({ ...state, view: "checks" }));
  showView("checks");
  choose(check, { open: true, finding });
  pane.focus();
  scrollTo(0, belowHead());
}

function startCoverage() {
  if (started.coverage) return;
  started.coverage = true;
  const place = document.getElementById("owed");
  const said = { refuted: "Refuted", warned: "Warned", blocked: "Blocked", untested: "Not tested", held: "Held" };
  for (const [name, label] of Object.entries(said)) {
    const rows = data.requirements.filter((each) => each.state === name);
    if (!rows.length) continue;
    const group = make("details.owed-group", null, make("summary", null, `${label} (${rows.length})`));
    group.addEventListener("toggle", () => {
      if (group.open && !group.querySelector("table")) {
        group.append(make("table", null, make("tbody", null, ...rows.map((each) => make("tr", null,
          make("td", null, make("span.mono", null, each.id)), make("td", null, citation(each, each.citation), " ", make("span.quiet", null, each.strength), make("br"), each.statement))))));
      }
    });
    place.append(group);
  }
}

const causes = [...document.querySelectorAll(".cause")];
let cause = null;

function dressCause(card) {
  const check = checks[Number(card.dataset.check)];
  const found = check.findings[Number(card.dataset.finding)];
  const table = found && differencesTable(found);
  if (table) {
    const place = card.querySelector(".difference");
    place.querySelector("dd").replaceChildren(table);
    place.hidden = false;
  }
  card.querySelector(".actions").hidden = false;
  if (found && !pytestOf(found)) card.querySelector('[data-do="pytest"]').hidden = true;
  card.querySelector(".actions").addEventListener("click", (event) => {
    const act = event.target.dataset.do;
    if (act === "step") openCheck(check, Number(card.dataset.finding));
    if (act === "curl") copyForms(check, found, asCurl, "curl");
    if (act === "http") copyForms(check, found, asHttp, "HTTP");
    if (act === "pytest") copyPytest(check, found);
    if (act === "link") copyLink({ view: "causes", cause: found.id });
  });
}

for (const card of causes) {
  const dress = () => { if (card.open && !card.dataset.dressed) { card.dataset.dressed = "yes"; dressCause(card); } };
  card.addEventListener("toggle", dress);
  dress();
}

function moveCause(by) {
  const at = Math.max(0, Math.min(causes.length - 1, causes.indexOf(cause) + by));
  cause = causes[at];
  if (cause) cause.querySelector("summary").focus();
}

function openCause(id) {
  const at = data.causes.findIndex((each) => each.finding === id);
  if (at < 0 || !causes[at]) return;
  cause = causes[at];
  cause.open = true;
  cause.scrollIntoView({ block: "start" });
}

function follow() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(state)) state[key] = asked.get(key) || "";
  if (!state.view && state.check) state.view = "checks";
  showView(state.view);
  if (state.cause) openCause(state.cause);
}

function copyCurrent() {
  if (state.view === "checks" && reading.check) {
    const each = reading.check.exchanges[reading.at];
    if (each && each.curl) return copy(asCurl(each), "curl");
    return each ? copy(asHttp(each), "HTTP") : toast("This check has no exchange");
  }
  const card = cause || causes[0];
  if (!card) return undefined;
  const check = checks[Number(card.dataset.check)];
  return copyForms(check, check.findings[Number(card.dataset.finding)], asCurl, "curl");
}

const help = document.getElementById("help");
const inChecks = () => state.view === "checks";
const goto = (name) => { history.pushState(null, "", addressOf({ ...state, view: name })); showView(name); };
const KEYS = {
  j: () => (inChecks() ? choose(list.near(1)) : moveCause(1)),
  k: () => (inChecks() ? choose(list.near(-1)) : moveCause(-1)),
  "]": () => inChecks() && step(reading.at + 1),
  "[": () => inChecks() && step(reading.at - 1),
  "/": () => { if (!inChecks()) goto("checks"); panes.classList.remove("reading"); document.getElementById("f-q").focus(); },
  c: copyCurrent,
  g: () => { goto(viewNames[(viewNames.indexOf(state.view) + 1) % viewNames.length]); document.querySelector(".tabs a[aria-current]").focus(); },
  "?": () => help.showModal(),
};
const LIST_KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && inChecks()) { event.preventDefault(); leave(); return; }
  if (typing) return;
  if (event.target === list.box) {
    if (event.key in LIST_KEYS) { event.preventDefault(); choose(list.near(LIST_KEYS[event.key])); return; }
    if (event.key === "Enter" && reading.check) { event.preventDefault(); panes.classList.add("reading"); pane.focus(); return; }
  }
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
document.getElementById("open-help").addEventListener("click", () => help.showModal());

let opened = [];
addEventListener("beforeprint", () => { for (const card of causes) if (!card.open) { card.open = true; opened.push(card); } });
addEventListener("afterprint", () => { for (const card of opened) card.open = false; opened = []; });
addEventListener("hashchange", () => {
  follow();
  // What was asked for must not begin out of sight.
  if (!state.cause && (scrollY > belowHead() || belowHead() > innerHeight / 2)) scrollTo(0, belowHead());
});
addEventListener("popstate", follow);

document.documentElement.classList.add("js");
document.querySelector(".tabs").hidden = false;
document.getElementById("all-checks").textContent = String(checks.length);
follow();
