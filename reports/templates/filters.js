// The island, and which of its checks are wanted.
const data = JSON.parse(document.getElementById("run").textContent);
const checks = data.checks;
const requirements = new Map(data.requirements.map((each) => [each.id, each]));
const OUTCOMES = ["failed", "error", "warned", "blocked", "passed", "not-applicable"];
const TONES = { failed: "bad", error: "none", warned: "warn", blocked: "none", passed: "good", "not-applicable": "none" };
const FILTERS = ["q", "outcome", "severity", "dialect", "area"];

checks.forEach((check, at) => {
  check.at = at;
  check.name = check.id + (check.dialect ? ` [${check.dialect}]` : "");
  check.strengths = [...new Set(check.findings.map((found) => found.strength))];
});
// Checks that are run with several parameters share a name; the second is called …~2.
const named = new Map();
for (const check of checks) {
  let key = check.name;
  for (let times = 2; named.has(key); times += 1) key = `${check.name}~${times}`;
  check.key = key;
  named.set(key, check);
}
const order = [...checks].sort((one, other) => OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome) || one.at - other.at);

/** Return the text in which a search looks, made when it is first needed. */
function haystack(check) {
  if (check.haystack === undefined) {
    const parts = [check.name, check.title, check.outcome, check.reason, check.by, ...check.requirements];
    for (const found of check.findings) parts.push(found.id, found.message, found.requirement, found.citation, found.statement);
    for (const each of check.exchanges) parts.push(each.method + " " + each.target, each.step);
    check.haystack = parts.join("\n").toLowerCase();
  }
  return check.haystack;
}

function wanted(filter) {
  const terms = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return order.filter((check) =>
    (!filter.outcome || check.outcome === filter.outcome) &&
    (!filter.area || check.area === filter.area) &&
    (!filter.dialect || check.dialects.includes(filter.dialect)) &&
    (!filter.severity || check.strengths.includes(filter.severity)) &&
    terms.every((term) => haystack(check).includes(term)));
}

function counted(values) {
  const tally = new Map();
  for (const value of values) tally.set(value, (tally.get(value) || 0) + 1);
  return tally;
}

function fillSelects() {
  const fill = (name, tally, label = (value) => value) => {
    const select = document.getElementById("f-" + name);
    select.replaceChildren(make("option", { value: "" }, "Any"));
    for (const [value, count] of tally) select.append(make("option", { value }, `${label(value)} (${count})`));
  };
  const outcomes = counted(checks.map((check) => check.outcome));
  fill("outcome", new Map(OUTCOMES.filter((each) => outcomes.has(each)).map((each) => [each, outcomes.get(each)])));
  fill("severity", counted(checks.flatMap((check) => check.strengths)));
  fill("dialect", counted(checks.flatMap((check) => check.dialects)), (id) => data.dialects[id] || id);
  fill("area", new Map([...counted(checks.map((check) => check.area))].sort(([one], [other]) => (one < other ? -1 : 1))));
}
