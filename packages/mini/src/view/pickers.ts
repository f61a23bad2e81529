/**
 * Pickers: `picker`, which opens a sheet of columns, and `picker-view`, whose columns stand in the page
 * (docs/spec/programs.md PR63). The sheet is ours and lies in a shadow, so that no style of a program reaches it.
 */
import { type Columns, fieldColumns, fieldsOf, fieldValue, listColumn, listColumns } from "./columns.ts";
import { type Builder, isOn, type Kind, type Props } from "./kind.ts";

const rowHeight = 44;
const sheetStyle = `
.back { position: fixed; inset: 0; background: rgb(0 0 0 / 45%); }
.sheet { position: fixed; inset: auto 0 0; background: #fff; color: #111; border-radius: 14px 14px 0 0;
  font: 18px/1.4 system-ui, "Noto Sans CJK SC", sans-serif; padding-bottom: 12px; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 8px; border-bottom: 1px solid #e5e5e5; }
.head span { flex: 1; text-align: center; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button { border: 0; background: none; font: inherit; padding: 14px 18px; min-width: 76px; color: #555; cursor: pointer; }
button.ok { color: #07803c; font-weight: 600; }
.columns { display: flex; height: ${rowHeight * 5}px; max-width: 560px; margin: 0 auto;
  background: linear-gradient(#f2f2f2, #f2f2f2) center / 94% ${rowHeight}px no-repeat; border-radius: 8px; }
.column { flex: 1; min-width: 0; overflow: hidden auto; scroll-snap-type: y mandatory; scrollbar-width: none;
  padding: ${rowHeight * 2}px 0; box-sizing: border-box; overscroll-behavior: contain; }
.row { height: ${rowHeight}px; line-height: ${rowHeight}px; text-align: center; scroll-snap-align: center; padding: 0 6px;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: #666; cursor: pointer; box-sizing: border-box; }
.row[aria-selected="true"] { color: #000; font-weight: 600; }
.column:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #0a7cff; outline-offset: -3px; }
.fields { display: grid; gap: 10px; padding: 16px 18px; max-width: 560px; margin: 0 auto; }
input { font: inherit; padding: 12px; border: 1px solid #999; border-radius: 8px; width: 100%; box-sizing: border-box;
  background: #fff; color: #111; }
`;
type Words = { readonly cancel: string; readonly done: string; readonly region: readonly [string, string, string] };
const words: Readonly<Record<"hans" | "hant" | "en", Words>> = {
  hans: { cancel: "取消", done: "确定", region: ["省", "市", "区县"] },
  hant: { cancel: "取消", done: "確定", region: ["省", "市", "區縣"] },
  en: { cancel: "Cancel", done: "Done", region: ["Province", "City", "District"] },
};

function wordsOf(language: string): Words {
  if (!language.startsWith("zh")) return words.en;
  return /hant|tw|hk|mo/i.test(language) ? words.hant : words.hans;
}

/** What is chosen in a picker. */
const values = new WeakMap<Element, unknown>();

/** The sheet that is open, and how it draws its columns anew. */
let open: { readonly of: Element; readonly close: () => void; readonly again: () => void } | undefined;

export const picker: Kind = {
  made(element, props, build) {
    element.addEventListener("click", () => {
      if (!isOn(props.get("disabled"))) show(element, props, build);
    });
  },
  set(element, name, value) {
    if (name === "value") values.set(element, value);
    if (open?.of === element && (name === "value" || name === "range")) open.again();
  },
  held: (element) => values.get(element),
};

const textIn = (props: Props, name: string) => {
  const value = props.get(name);
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
};

/** The columns of a picker as its program has them now. */
function columnsOf(props: Props, value: unknown): Columns {
  const said = typeof value === "string" || typeof value === "number" ? `${value}` : "";
  const [start, end] = [textIn(props, "start"), textIn(props, "end")];
  switch (textIn(props, "mode")) {
    case "multiSelector":
      return listColumns(props.get("range"), props.get("range-key"), value);
    case "time":
      return fieldColumns("time", said || new Date().toTimeString(), start, end, 2);
    case "date": {
      const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
      return fieldColumns("date", said || today, start, end, fieldsOf(props.get("fields")));
    }
    default: {
      const rows = listColumn(props.get("range"), props.get("range-key"));
      return { rows: [rows], chosen: [Math.max(0, Math.min(Number(said) || 0, rows.length - 1))] };
    }
  }
}

/** What is told of what is chosen, as WeChat writes it. */
function told(mode: string, columns: Columns): unknown {
  if (mode === "multiSelector") return columns.chosen;
  if (mode === "date" || mode === "time") return fieldValue(mode, columns);
  return `${columns.chosen[0] ?? 0}`;
}

function show(element: HTMLElement, props: Props, { fire, language }: Builder): void {
  open?.close();
  const mode = textIn(props, "mode") || "selector";
  const say = wordsOf(language);
  const host = document.createElement("div");
  host.style.cssText = "position: fixed; inset: 0; z-index: 2147483647";
  const shadow = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(sheetStyle);
  shadow.adoptedStyleSheets = [style];
  const [back, sheet, head, title] = ["div", "div", "div", "span"].map((tag) => document.createElement(tag)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  back.className = "back";
  sheet.className = "sheet";
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-modal", "true");
  head.className = "head";
  title.textContent = textIn(props, "header-text").slice(0, 40);
  sheet.setAttribute("aria-label", title.textContent || say.done);
  const [no, yes] = [button(say.cancel), button(say.done)];
  yes.className = "ok";
  head.append(no, title, yes);
  const before = element.ownerDocument.activeElement;
  const close = () => {
    host.remove();
    open = undefined;
    if (before instanceof HTMLElement) before.focus();
  };
  const cancel = () => {
    close();
    fire(element, "cancel", {}, { bubbles: false });
  };
  const body = mode === "region" ? regionFields(props, say) : wheels(element, props, mode, fire);
  no.addEventListener("click", cancel);
  back.addEventListener("click", cancel);
  sheet.addEventListener("keydown", ({ key }) => key === "Escape" && cancel());
  yes.addEventListener("click", () => {
    const value = body.value();
    values.set(element, value);
    close();
    const code = mode === "region" ? { code: ["", "", ""], postcode: "" } : {};
    fire(element, "change", { value, ...code }, { bubbles: false, model: { name: "value", value } });
  });
  sheet.append(head, body.element);
  shadow.append(back, sheet);
  document.body.append(host);
  body.placed();
  open = { of: element, close, again: body.again };
}

type Body = {
  readonly element: HTMLElement;
  readonly value: () => unknown;
  /** It stands in the page. */
  readonly placed: () => void;
  /** The program changed what it offers. */
  readonly again: () => void;
};

/** A program lists no places: they are written. */
function regionFields(props: Props, { region }: Words): Body {
  const element = document.createElement("div");
  element.className = "fields";
  const said = props.get("value");
  const inputs = region.map((name, at) => {
    const input = document.createElement("input");
    input.setAttribute("aria-label", name);
    input.placeholder = name;
    input.maxLength = 40;
    const one: unknown = Array.isArray(said) ? said[at] : undefined;
    input.value = typeof one === "string" ? one : "";
    element.append(input);
    return input;
  });
  return {
    element,
    value: () => inputs.map(({ value }) => value.trim()),
    placed: () => inputs[0]?.focus(),
    again: () => undefined,
  };
}

function wheels(element: HTMLElement, props: Props, mode: string, fire: Builder["fire"]): Body {
  const place = document.createElement("div");
  place.className = "columns";
  let now = columnsOf(props, values.get(element) ?? props.get("value"));
  let isWaiting = false;

  function choose(column: number, row: number): void {
    if (now.chosen[column] === row) return;
    const chosen = now.chosen.map((one, at) => (at === column ? row : one));
    now = { rows: now.rows, chosen };
    if (mode === "date" || mode === "time") now = columnsOf(props, fieldValue(mode, now));
    draw();
    if (mode === "multiSelector") {
      // What it answers by may stand on what was chosen before.
      values.set(element, chosen);
      fire(element, "columnchange", { column, value: row }, { bubbles: false });
    }
  }

  function draw(): void {
    now.rows.forEach((rows, at) => {
      const had = place.children[at];
      const column = had instanceof HTMLElement ? had : wheel((row) => choose(at, row));
      if (column !== had) place.append(column);
      fill(column, rows, now.chosen[at] ?? 0);
    });
    while (place.children.length > now.rows.length) place.lastElementChild?.remove();
  }
  draw();
  return {
    element: place,
    value: () => told(mode, now),
    placed() {
      draw();
      (place.firstElementChild as HTMLElement | null)?.focus();
    },
    // However often it changes them, they are drawn once for a picture.
    again() {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        now = columnsOf(props, values.get(element) ?? props.get("value"));
        draw();
      });
    },
  };
}

function wheel(choose: (row: number) => void): HTMLElement {
  const column = document.createElement("div");
  column.className = "column";
  column.tabIndex = 0;
  column.setAttribute("role", "listbox");
  const at = () => Math.round(column.scrollTop / rowHeight);
  const go = (row: number) => {
    const next = Math.max(0, Math.min(row, column.children.length - 1));
    column.scrollTop = next * rowHeight;
    choose(next);
  };
  column.addEventListener("scrollend", () => choose(at()));
  column.addEventListener("click", ({ target }) => {
    const row = [...column.children].indexOf(target as Element);
    if (row >= 0) go(row);
  });
  column.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    go(at() + step);
  });
  return column;
}

function fill(column: HTMLElement, rows: readonly string[], chosen: number): void {
  const isSame =
    column.children.length === rows.length && rows.every((one, at) => column.children[at]?.textContent === one);
  if (!isSame)
    column.replaceChildren(
      ...rows.map((one) => {
        const row = document.createElement("div");
        row.className = "row";
        row.setAttribute("role", "option");
        row.textContent = one;
        return row;
      }),
    );
  for (const [at, row] of [...column.children].entries()) row.setAttribute("aria-selected", `${at === chosen}`);
  if (Math.round(column.scrollTop / rowHeight) !== chosen) column.scrollTop = chosen * rowHeight;
}

function button(text: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  return made;
}

/** How high a row of a `picker-view` is, which its program says by the strip in the middle. */
const stripHeight = (props: Props) =>
  Number(/height\s*:\s*([\d.]+)px/.exec(textIn(props, "indicator-style"))?.[1]) || 34;
const shown = new WeakMap<Element, number[]>();
const columnsIn = (view: Element) => [...view.querySelectorAll<HTMLElement>("wx-picker-view-column")];
const rowIn = (view: Element, column: HTMLElement) => {
  const height = Number.parseFloat(getComputedStyle(view).getPropertyValue("--row")) || 34;
  return Math.round(column.scrollTop / height);
};

/** Columns that are being put where they shall stand: their rows come after the view, in later turns. */
const standing = new WeakSet<Element>();
const framesMax = 60;

function stands(view: HTMLElement, props: Props, frames: number): void {
  standing.add(view);
  requestAnimationFrame(() => {
    const rows = shown.get(view) ?? [];
    const columns = columnsIn(view);
    for (const [at, column] of columns.entries()) column.scrollTop = (rows[at] ?? 0) * stripHeight(props);
    const isThere =
      columns.length >= rows.length && columns.every((column, at) => rowIn(view, column) === (rows[at] ?? 0));
    if (isThere || frames === 0) standing.delete(view);
    else stands(view, props, frames - 1);
  });
}

export const pickerView: Kind = {
  made(element, props, { fire }) {
    element.addEventListener(
      "scrollend",
      ({ target }) => {
        if ((target as Element).localName !== "wx-picker-view-column") return;
        const value = columnsIn(element).map((column) => rowIn(element, column));
        const before = shown.get(element) ?? [];
        if (value.every((one, at) => one === (before[at] ?? 0))) return;
        shown.set(element, value);
        fire(element, "change", { value }, { bubbles: false, model: { name: "value", value } });
      },
      { capture: true },
    );
    element.addEventListener("click", ({ target }) => {
      const column = (target as Element).closest<HTMLElement>("wx-picker-view-column");
      let row = target as Element;
      while (row.parentElement !== null && row.parentElement !== column) row = row.parentElement;
      if (column !== null && row.parentElement === column)
        column.scrollTop = [...column.children].indexOf(row) * stripHeight(props);
    });
  },
  set(element, name, value, props) {
    if (name === "indicator-style") element.style.setProperty("--row", `${stripHeight(props)}px`);
    if (name !== "value" || !Array.isArray(value)) return;
    const rows = value.slice(0, 20).map((one) => Number(one) || 0);
    shown.set(element, rows);
    if (!standing.has(element)) stands(element, props, framesMax);
  },
};
