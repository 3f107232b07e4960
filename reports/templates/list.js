// Only the rows in sight are in the document, however many checks there are.
const ROW = 58;
const SPARE = 8;

const list = {
  box: document.getElementById("list"),
  spacer: document.querySelector("#list .spacer"),
  rows: [],
  chosen: null,
  drawn: new Map(),

  show(rows) {
    this.rows = rows;
    this.spacer.style.height = rows.length * ROW + "px";
    this.clear();
    if (!rows.length) this.spacer.append(make("p.nothing-here", { role: "presentation" }, "No check fits these filters."));
    this.draw();
  },

  clear() {
    this.drawn.clear();
    this.spacer.replaceChildren();
  },

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
    const last = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE);
    for (const [at, row] of this.drawn) if (at < first || at >= last) { row.remove(); this.drawn.delete(at); }
    for (let at = first; at < last; at += 1) if (!this.drawn.has(at)) this.add(at);
  },

  add(at) {
    const check = this.rows[at];
    const row = make("div.row.tone-" + TONES[check.outcome], {
      id: "row-" + check.at, role: "option", "aria-selected": String(check === this.chosen),
      "aria-setsize": this.rows.length, "aria-posinset": at + 1,
    }, make("span.glyph", { "aria-hidden": "true" }), make("span", null,
      make("span.name", null, make("span.hear", null, check.outcome + ": "), check.name),
      make("span.title", null, check.findings.length ? check.findings[0].message : check.reason || check.title)));
    row.style.top = at * ROW + "px";
    row.addEventListener("click", () => choose(check, { open: true }));
    this.drawn.set(at, row);
    this.spacer.append(row);
  },

  /** Mark a check as the chosen one and bring it into sight. */
  mark(check) {
    this.chosen = check;
    const at = this.rows.indexOf(check);
    if (at >= 0) {
      const top = at * ROW;
      const height = this.box.clientHeight;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + ROW > this.box.scrollTop + height) this.box.scrollTop = top + ROW - height;
      this.draw();
    }
    for (const [place, row] of this.drawn) row.setAttribute("aria-selected", String(this.rows[place] === check));
    if (at >= 0 && this.drawn.has(at)) this.box.setAttribute("aria-activedescendant", "row-" + check.at);
    else this.box.removeAttribute("aria-activedescendant");
  },

  /** Return the check that stands so many rows further, within the list. */
  near(by) {
    const at = this.rows.indexOf(this.chosen);
    if (at < 0) return this.rows[0];
    return this.rows[Math.max(0, Math.min(this.rows.length - 1, at + by))];
  },
};
list.box.addEventListener("scroll", () => requestAnimationFrame(() => list.draw()), { passive: true });
