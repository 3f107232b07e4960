// One check: what it came to, its findings, and its exchanges to step through.
const pane = document.getElementById("detail");
const reading = { check: null, at: 0 };
const CHAIN_SHOWN = 200;

const stringAt = (place) => (place < 0 ? "" : data.strings[place]);
const headersOf = (message) => stringAt(message[0]) || [];
const statusOf = (each) => (each.came ? String(each.status) : "(no answer)");

/** Return the request as HTTP writes it; control characters that a terminal would obey are escapes. */
function asHttp(each) {
  const lines = [`${plain(each.method)} ${plain(each.target)} HTTP/1.1`];
  for (const [name, value] of headersOf(each.sent)) lines.push(`${plain(name)}: ${plain(value)}`);
  const text = stringAt(each.sent[1]).split("\n").map((line) => line.split("\t").map(plain).join("\t")).join("\n");
  return lines.join("\n") + "\n\n" + text;
}

function asCurl(each) {
  return each.curl || "";
}

/** Return how the exchanges that matter for a finding are copied, each once. */
function forms(check, found, form) {
  const places = found ? [found.cause, found.evidence] : [];
  const needed = [...new Set(places)].filter((at) => at >= 0).map((at) => check.exchanges[at]);
  return [...new Set(needed.map(form))].filter(Boolean).join("\n\n");
}

function copyForms(check, found, form, what) {
  const text = forms(check, found, form);
  if (text) copy(text, what);
  else toast("This finding has no exchange");
}

function pytestOf(found) {
  const cause = data.causes.find((each) => each.finding === found.id);
  return cause ? cause.pytest : "";
}

function copyPytest(check, found) {
  const text = pytestOf(found);
  if (text) copy(text, "pytest");
  else copy(`scimulator check ${check.id}`, "No test file stands in this report for it; a command that runs the check again was");
}

function differencesTable(found) {
  if (!found.differences.length) return null;
  const table = make("table.diff", null, make("thead", null, make("tr", null,
    ...["Place", "Kind", "Owed", "Came"].map((name) => make("th", { scope: "col" }, name)))));
  const rows = make("tbody");
  for (const each of found.differences) {
    const whole = found.at || (found.kind === "status" ? "status" : "the whole");
    const place = each.at === "$" ? whole : each.at;
    const value = (text) => (text === null ? "–" : text.length > 2000 ? text.slice(0, 2000) + "…" : text);
    rows.append(make("tr", null, make("td", null, make("mark", null, place)), make("td", null, each.kind),
      make("td.wanted", null, value(each.wanted)), make("td.got", null, value(each.got))));
  }
  table.append(rows);
  return table;
}

function owedPart(found) {
  const owed = requirements.get(found.requirement);
  const part = make("div", null, make("p.cite", null, make("span.mono", null, found.requirement), ` · ${found.strength} · `,
    citation(owed, found.citation)), make("p", null, found.statement));
  for (const name of owed ? owed.rulings : []) {
    const ruling = data.rulings[name];
    if (ruling) part.append(make("p.ruling", null, make("b", null, `Ruling ${name}. `), ruling[1] + " ", make("span.quiet", null, ruling[2])));
  }
  return part;
}

function findingPart(check, found) {
  const part = make("div.finding.tone-" + (found.severity === "failure" ? "bad" : "warn"), { "data-finding": found.id },
    make("p.message", null, found.message));
  if (found.known) part.append(make("p.quiet", null, "Known: the baseline names it."));
  if (found.count > 1) part.append(make("p.quiet", null, `Seen ${found.count} times.`));
  part.append(owedPart(found));
  const table = differencesTable(found);
  if (table) part.append(table);
  const actions = make("p.actions");
  if (found.evidence >= 0) {
    actions.append(button("Show the evidence", () => step(found.evidence, { scroll: true }), "button.primary"),
      button("Copy as curl", () => copyForms(check, found, asCurl, "curl")),
      button("Copy as HTTP", () => copyForms(check, found, asHttp, "HTTP")));
  }
  if (pytestOf(found)) actions.append(button("Copy as pytest", () => copyPytest(check, found)));
  part.append(actions);
  return part;
}

function chainPart(check) {
  const chain = make("ol.chain");
  const shows = new Set(check.findings.map((found) => found.evidence));
  const row = (each, at) => {
    const made = button("", () => step(at));
    made.append(make("span.quiet", null, each.n), make("span", null, each.method), make("span.target", null, each.target),
      make("span", null, statusOf(each)), make("span.time", null, each.ms.toFixed(each.ms < 10 ? 1 : 0) + " ms"),
      shows.has(at) ? make("span.purpose.shows", null, "shows it") : make("span.purpose", null, each.purpose));
    return make("li", null, made);
  };
  const drawn = check.exchanges.slice(0, CHAIN_SHOWN);
  chain.append(...drawn.map(row));
  if (check.exchanges.length > CHAIN_SHOWN) {
    const all = make("li", null, button(`Show all ${check.exchanges.length}`, () => {
      all.replaceWith(...check.exchanges.slice(CHAIN_SHOWN).map((each, at) => row(each, at + CHAIN_SHOWN)));
      step(reading.at);
    }));
    chain.append(all);
  }
  return chain;
}

function messagePart(head, message, path, at, label) {
  const part = make("div", null, make("p.message-head", null, head));
  const headers = headersOf(message);
  if (headers.length) {
    const rows = make("tbody");
    for (const [name, value] of headers) {
      rows.append(make(at && name.toLowerCase() === at.toLowerCase() ? "tr.marked" : "tr", null,
        make("th", { scope: "row" }, name), make("td", null, value)));
    }
    part.append(make("table.headers", { "aria-label": `Headers of the ${label}` }, rows));
  }
  const text = stringAt(message[1]);
  if (text) part.append(body(text, path, `Body of the ${label}`));
  if (message[2]) part.append(make("p.quiet", null, `The body was cut when it was written; it had ${message[2]} characters.`));
  if (message[3]) part.append(make("p.quiet", null, `Not UTF-8; read as ${message[3]}.`));
  return part;
}

/** Show one exchange of the check that is being read. */
function step(at, { scroll = false } = {}) {
  const check = reading.check;
  if (!check || !check.exchanges.length) return;
  reading.at = Math.max(0, Math.min(check.exchanges.length - 1, at));
  const each = check.exchanges[reading.at];
  pane.querySelectorAll(".chain button").forEach((row, place) => {
    if (place === reading.at) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
  const came = check.findings.find((found) => found.evidence === reading.at);
  const sent = check.findings.find((found) => found.cause === reading.at && found.sent.whole);
  const place = pane.querySelector("#exchange");
  const previous = button("← Previous", () => step(reading.at - 1));
  const next = button("Next →", () => step(reading.at + 1));
  previous.disabled = reading.at === 0;
  next.disabled = reading.at === check.exchanges.length - 1;
  const tools = make("div.steps", null, previous, next,
    make("span.quiet", { role: "status" }, `${reading.at + 1} of ${check.exchanges.length}${each.step ? ` · ${each.step}` : ""}`),
    make("span.spring"));
  if (each.curl) tools.append(button("curl", () => copy(asCurl(each), "curl")));
  tools.append(button("HTTP", () => copy(asHttp(each), "HTTP")));
  const answer = each.came
    ? messagePart(`Answer ${each.status}`, each.came, came ? came.came.path : [], came ? came.at : "", "answer")
    : make("p.message-head", null, `No answer: ${each.failure}`);
  if (came && came.at && each.came && !came.came.whole && !headersOf(each.came).some(([name]) => name.toLowerCase() === came.at.toLowerCase())) {
    answer.append(make("p", null, "Nothing stands at ", make("mark.mono", null, came.at), "."));
  }
  place.replaceChildren(tools, messagePart(`${each.method} ${each.target}`, each.sent, sent ? sent.sent.path : [], "", "request"), answer);
  if (scroll) place.scrollIntoView({ block: "start" });
}

/** Draw a check into the pane on the right. */
function read(check, finding = 0) {
  reading.check = check;
  const tone = TONES[check.outcome];
  const back = button("← All checks", () => leave());
  back.id = "back";
  const again = check.outcome === "blocked" && check.by ? checks.find((each) => each.id === check.by) : null;
  const parts = [back,
    make("h3", null, check.title),
    make("p", null, make("span.badge.tone-" + tone, null, make("span.glyph", { "aria-hidden": "true" }), check.outcome), " ",
      make("span.mono.anywhere", null, check.name), check.loss ? make("span", null, " ", make("span.loss", null, "data loss")) : "", " ",
      button("Copy link", () => copyLink({ view: "checks", check: check.key }), "button.plain"))];
  if (check.reason) parts.push(make("p", null, check.reason));
  if (check.by) parts.push(make("p.quiet", null, "Blocked by ", again ? button(check.by, () => choose(again, { open: true })) : check.by));
  for (const note of check.notes) parts.push(make("p.quiet", null, note));
  const explained = data.explanations[check.id];
  for (const each of explained || []) parts.push(make("p.prose", null, each));
  if (check.findings.length) parts.push(make("h4", null, check.findings.length === 1 ? "Finding" : `${check.findings.length} findings`));
  parts.push(...check.findings.slice(0, 50).map((found) => findingPart(check, found)));
  if (check.findings.length > 50) parts.push(make("p.quiet", null, `… ${check.findings.length - 50} more findings`));
  if (!check.findings.length && check.requirements.length) {
    parts.push(make("h4", null, "Proves"));
    for (const name of check.requirements) {
      const owed = requirements.get(name);
      parts.push(make("p", null, make("span.mono", null, name), owed ? " · " : "", owed ? citation(owed, owed.citation) : "", owed ? make("br") : "", owed ? owed.statement : ""));
    }
  }
  if (check.exchanges.length) parts.push(make("h4", null, "Exchanges"), chainPart(check), make("div", { id: "exchange" }));
  pane.replaceChildren(...parts);
  const found = check.findings[finding] || check.findings[0];
  if (check.exchanges.length) step(found && found.evidence >= 0 ? found.evidence : 0);
}
