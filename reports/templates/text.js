// Whatever a target said reaches the page as a text node, with every character that could mislead the eye shown.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const UNSAFE_PARTS = /([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}])/u;

function shownAs(char) {
  const code = char.codePointAt(0);
  const known = { 10: "\\n", 13: "\\r", 9: "\\t" }[code];
  if (known) return known;
  if (code < 0x100) return "\\x" + code.toString(16).padStart(2, "0");
  return code < 0x10000 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
}

/** Return a text for an attribute or the clipboard, unsafe characters as escapes. */
function plain(text) {
  return UNSAFE.test(text) ? text.split(UNSAFE_PARTS).map((part) => (UNSAFE.test(part) ? shownAs(part) : part)).join("") : text;
}

/** Append a text to an element, unsafe characters as visible escapes. */
function put(parent, text) {
  if (!UNSAFE.test(text)) {
    parent.append(text);
    return parent;
  }
  for (const part of text.split(UNSAFE_PARTS)) {
    if (!part) continue;
    if (UNSAFE.test(part)) {
      const escape = document.createElement("span");
      escape.className = "esc";
      escape.textContent = shownAs(part);
      parent.append(escape);
    } else parent.append(part);
  }
  return parent;
}

/** Make an element: `make("p.quiet", {title: "…"}, child, "text")`; texts go through `put`. */
function make(kind, attributes, ...children) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) if (value !== null && value !== undefined) element.setAttribute(key, value);
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === "") continue;
    if (child instanceof Node) element.append(child);
    else put(element, String(child));
  }
  return element;
}

function button(text, act, kind = "button") {
  const made = make(kind, { type: "button" }, text);
  made.addEventListener("click", act);
  return made;
}

/** A link to where a requirement stands; only the catalogue's own https addresses become links. */
function citation(owed, text) {
  if (owed && owed.url && owed.url.startsWith("https://")) return make("a", { href: owed.url, rel: "noreferrer noopener" }, text);
  return make("span.anywhere", null, text);
}

let toasting = 0;
function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(toasting);
  toasting = setTimeout(() => { place.textContent = ""; }, 2500);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Opened from a place where the clipboard is closed to pages: select and copy as a person would.
    const area = make("textarea", { "aria-hidden": "true" });
    area.value = text;
    const before = document.activeElement;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (before) before.focus();
    if (!done) return toast("The browser does not let this page copy");
  }
  toast(what + " copied");
}
