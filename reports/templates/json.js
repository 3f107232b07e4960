// A body is laid out token by token and never parsed: duplicate names, huge numbers and their order stay as they came.
const LINES_SHOWN = 300;
const LINE_LONGEST = 4000;

function stringEnd(text, at) {
  for (let next = at + 1; ; next = next + 1) {
    const quote = text.indexOf('"', next);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    next = quote;
  }
}

const WORD = /(?:-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)/y;

/** Return lines of [class, text] tokens with a `marked` flag, or null where the text is not like JSON. */
function laidOut(text, path) {
  const lines = [];
  let line = [];
  let marking = null;
  const stack = [];
  let expectKey = false;
  const end = () => { lines.push(line); line = []; };
  const indent = () => { if (stack.length) line.push(["", "  ".repeat(Math.min(stack.length, 60))]); };
  const emit = (kind, token) => { line.push([kind, token]); if (marking !== null) line.marked = true; };
  const here = () => path.length > 0 && path.length === stack.length && path.every((step, at) => stack[at].at === step);
  const closed = () => { if (marking !== null && stack.length === marking) marking = null; };
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === " " || char === "\n" || char === "\r" || char === "\t") { at += 1; continue; }
    if (char === "}" || char === "]") {
      const open = stack.pop();
      if (!open || open.close !== char) return null;
      if (!open.empty) { end(); indent(); }
      emit("", char);
      closed();
      at += 1;
      expectKey = false;
      continue;
    }
    if (char === ",") {
      const inside = stack[stack.length - 1];
      if (!inside) return null;
      emit("", ",");
      end();
      if (inside.close === "]") inside.at += 1;
      else expectKey = true;
      indent();
      at += 1;
      continue;
    }
    const inside = stack[stack.length - 1];
    if (inside && inside.empty) { inside.empty = false; end(); indent(); }
    if (expectKey || (inside && inside.close === "}" && inside.at === null)) {
      if (char !== '"') return null;
      const stop = stringEnd(text, at);
      if (stop < 0) return null;
      const raw = text.slice(at, stop);
      try { inside.at = JSON.parse(raw); } catch { inside.at = raw; }
      const colon = /\s*:/y;
      colon.lastIndex = stop;
      if (!colon.test(text)) return null;
      if (here() && marking === null) marking = stack.length;
      emit("j-key", raw);
      emit("", ": ");
      at = colon.lastIndex;
      expectKey = false;
      continue;
    }
    if (inside && inside.close === "]" && here() && marking === null) marking = stack.length;
    if (char === "{" || char === "[") {
      emit("", char);
      stack.push({ close: char === "{" ? "}" : "]", at: char === "{" ? null : 0, empty: true });
      at += 1;
      continue;
    }
    if (char === '"') {
      const stop = stringEnd(text, at);
      if (stop < 0) return null;
      emit("j-text", text.slice(at, stop));
      at = stop;
    } else {
      WORD.lastIndex = at;
      const found = WORD.exec(text);
      if (!found) return null;
      emit(/[a-zI]/.test(found[0][0]) ? "j-word" : "j-number", found[0]);
      at = WORD.lastIndex;
    }
    closed();
  }
  if (stack.length) return null;
  end();
  return lines;
}

function drawnLine(tokens) {
  const made = make(tokens.marked ? "span.marked" : "span");
  let left = LINE_LONGEST;
  for (const [kind, token] of tokens) {
    if (left <= 0) break;
    const piece = token.length > left ? token.slice(0, left) : token;
    left -= piece.length;
    if (kind) made.append(make("span." + kind, null, piece));
    else put(made, piece);
    if (piece.length < token.length) made.append(make("span.quiet", null, ` … ${token.length - piece.length} more characters`));
  }
  made.append("\n");
  return made;
}

/** Return a body as an element, with the place at `path` marked. */
function body(text, path, label) {
  const whole = make("div");
  const lines = laidOut(text, path) || text.split(/\r?\n/).map((line) => [["", line]]);
  const first = lines.findIndex((line) => line.marked);
  const start = first > LINES_SHOWN - 20 ? first - 20 : 0;
  const pre = make("pre.body", { tabindex: "0", role: "group", "aria-label": label });
  const draw = (from, to) => { for (const line of lines.slice(from, to)) pre.append(drawnLine(line)); };
  if (start) pre.append(make("span.quiet", null, `… ${start} lines before`), "");
  draw(start, start + LINES_SHOWN);
  whole.append(pre);
  const rest = lines.length - start - LINES_SHOWN;
  if (rest > 0 || start) {
    const all = button(`Show all ${lines.length} lines`, () => { pre.replaceChildren(); draw(0, lines.length); all.remove(); }, "button.more");
    whole.append(all);
  }
  return whole;
}
