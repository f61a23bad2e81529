/**
 * Elements: WeChat's built-in components, drawn by our code. A program names tags, attributes and classes; none of
 * them becomes an attribute of the document but through what stands here, so an `onclick` is nothing.
 */
import { type Builder, type Drawn, isOn, type Kind, type Kinds, type Props } from "./kind.ts";

function textOf(value: unknown): string {
  return typeof value === "object" || value === undefined ? "" : `${value as string}`;
}

/** Marks of an element by which the base sheet draws it. */
function marked(names: readonly string[]): NonNullable<Kind["set"]> {
  return (element, name, value) => {
    if (!names.includes(name)) return;
    if (isOn(value)) element.dataset[name] = value === true ? "" : textOf(value);
    else delete element.dataset[name];
  };
}

const field = (tag: "input" | "textarea"): Kind => ({
  made(element, _, { fire }) {
    const input = document.createElement(tag);
    input.autocomplete = "off";
    element.append(input);
    const value = () => ({ value: input.value, cursor: input.selectionStart ?? 0 });
    const said = (type: string, bound = false) =>
      fire(element, type, value(), {
        bubbles: false,
        ...(bound ? { model: { name: "value", value: input.value } } : {}),
      });
    input.addEventListener("input", () => said("input", true));
    input.addEventListener("focus", () => said("focus"));
    input.addEventListener("blur", () => said("blur"));
    input.addEventListener("change", () => said("change"));
    input.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Enter" && !(event as KeyboardEvent).isComposing) said("confirm");
    });
  },
  set(element, name, value) {
    const input = element.firstElementChild as HTMLInputElement | HTMLTextAreaElement;
    if (name === "value" && input.value !== textOf(value)) input.value = textOf(value);
    else if (name === "placeholder") input.placeholder = textOf(value);
    else if (name === "disabled") input.disabled = isOn(value);
    else if (name === "maxlength" && Number(value) >= 0) input.maxLength = Number(value);
    else if (name === "focus" && isOn(value)) input.focus();
    else if (name === "type") input.inputMode = value === "number" ? "numeric" : value === "digit" ? "decimal" : "text";
    else if (name === "password" && input instanceof HTMLInputElement) input.type = isOn(value) ? "password" : "text";
  },
});

const choice = (kind: "checkbox" | "radio" | "switch"): Kind => ({
  made(element, props, { fire }) {
    const input = document.createElement("input");
    // A group is found by its element, so each is a checkbox to the browser, and a radio takes the others back.
    input.type = "checkbox";
    if (kind !== "checkbox") input.setAttribute("role", kind);
    element.prepend(input);
    // Its words are touched as well as its box.
    element.addEventListener("click", ({ target }) => target !== input && turn(element));
    input.addEventListener("change", () => {
      if (kind === "switch") {
        fire(element, "change", { value: input.checked }, { bubbles: false });
        return;
      }
      const isTakenBack = kind === "radio" && !input.checked;
      // A radio is taken back by another one alone.
      if (isTakenBack) input.checked = true;
      const group = element.closest(`wx-${kind}-group`);
      if (group === null) return;
      const all = [...group.querySelectorAll<HTMLElement>(`wx-${kind}`)];
      if (kind === "radio") {
        const others = all.map((one) => one.firstElementChild as HTMLInputElement).filter((one) => one !== input);
        // A program may have called several of them chosen.
        if (isTakenBack && !others.some(({ checked }) => checked)) return;
        for (const one of others) one.checked = false;
      }
      const chosen = all.filter((one) => (one.firstElementChild as HTMLInputElement).checked);
      const value = kind === "radio" ? textOf(props.get("value")) : chosen.map((one) => one.dataset["value"] ?? "");
      fire(group, "change", { value }, { bubbles: false });
    });
  },
  set(element, name, value) {
    const input = element.firstElementChild as HTMLInputElement;
    if (name === "checked") input.checked = isOn(value);
    else if (name === "disabled") input.disabled = isOn(value);
    else if (name === "value") element.dataset["value"] = textOf(value);
  },
});

/** A person touched what stands for a box: its words, or a label. */
function turn(element: HTMLElement): void {
  const input = element.firstElementChild as HTMLInputElement;
  if (input.disabled) return;
  input.checked = !input.checked;
  input.dispatchEvent(new Event("change"));
}

/** By the id that the program wrote; ids of the frame begin with their component. */
function calledSo(within: Element | null, id: string): HTMLElement | null {
  return within?.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"], [id$="--${CSS.escape(id)}"]`) ?? null;
}

const labelled = "wx-checkbox, wx-radio, wx-switch, wx-input, wx-textarea, wx-button";

const label: Kind = {
  made(element, props) {
    element.addEventListener("click", ({ target }) => {
      const named = textOf(props.get("for"));
      const control =
        named === "" ? element.querySelector<HTMLElement>(labelled) : calledSo(element.closest("wx-page"), named);
      if (control === null || !control.matches(labelled) || control.contains(target as Node)) return;
      // Another one that it holds is touched by itself.
      if ((target as Element).closest(labelled) !== null) return;
      if (control.matches("wx-checkbox, wx-radio, wx-switch")) turn(control);
      else if (control.localName === "wx-button") control.click();
      else (control.firstElementChild as HTMLElement).focus();
    });
  },
};

/** It is moved by a finger, within what it stands in. */
const movable: Kind = {
  made(element, props, { fire }) {
    let [x, y] = [0, 0];
    let from: { readonly x: number; readonly y: number } | undefined;
    const place = (nextX: number, nextY: number, source: string) => {
      const area = element.closest<HTMLElement>("wx-movable-area");
      const direction = textOf(props.get("direction"));
      const room = (all: number, own: number, at: number) =>
        Math.max(Math.min(0, all - own), Math.min(Math.max(0, all - own), at));
      if (direction !== "vertical") x = room(area?.clientWidth ?? 0, element.offsetWidth, nextX);
      if (direction !== "horizontal") y = room(area?.clientHeight ?? 0, element.offsetHeight, nextY);
      element.style.translate = `${x}px ${y}px`;
      fire(element, "change", { x, y, source }, { bubbles: false });
    };
    moves.set(element, (name, value) => place(name === "x" ? value : x, name === "y" ? value : y, ""));
    element.addEventListener("pointerdown", (event) => {
      const direction = textOf(props.get("direction"));
      if (isOn(props.get("disabled")) || direction === "" || direction === "none") return;
      from = { x: event.clientX - x, y: event.clientY - y };
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (from !== undefined) place(clientX - from.x, clientY - from.y, "touch");
    });
    for (const type of ["pointerup", "pointercancel"])
      element.addEventListener(type, () => {
        from = undefined;
      });
  },
  set(element, name, value) {
    if (name === "x" || name === "y")
      requestAnimationFrame(() => moves.get(element)?.(name, Number.parseFloat(textOf(value)) || 0));
  },
};
const moves = new WeakMap<Element, (name: "x" | "y", value: number) => void>();

const icons: Readonly<Record<string, string>> = {
  success: "✔",
  success_no_circle: "✓",
  info: "ℹ",
  warn: "!",
  waiting: "◷",
  cancel: "✕",
  clear: "✕",
  download: "↓",
  search: "⌕",
  circle: "○",
  success_circle: "✔",
  safe_success: "✔",
  safe_warn: "!",
  info_circle: "ℹ",
  waiting_circle: "◷",
};

const picture: Kind = {
  set(element, name, value, props, { fire, addressOf }) {
    if (name === "mode") element.style.backgroundSize = fits[textOf(value)] ?? "100% 100%";
    if (name !== "src") return;
    const address = addressOf(textOf(value));
    element.style.backgroundImage = address === undefined ? "none" : `url("${address}")`;
    if (address === undefined) {
      if (textOf(value) !== "") fire(element, "error", { errMsg: "not in the package" }, { bubbles: false });
      return;
    }
    const image = new Image();
    image.onload = () => {
      const { naturalWidth: width, naturalHeight: height } = image;
      if (props.get("mode") === "widthFix") element.style.height = `${(element.clientWidth * height) / width}px`;
      fire(element, "load", { width, height }, { bubbles: false });
    };
    image.src = address;
  },
};
const fits: Readonly<Record<string, string>> = { aspectFit: "contain", aspectFill: "cover" };

const kinds: Record<string, Kind> = {
  button: { set: marked(["type", "size", "plain", "disabled"]) },
  image: picture,
  "cover-image": picture,
  input: field("input"),
  textarea: field("textarea"),
  switch: choice("switch"),
  checkbox: choice("checkbox"),
  radio: choice("radio"),
  label,
  "movable-view": movable,
  icon: {
    set(element, name, value) {
      if (name === "type") element.textContent = icons[textOf(value)] ?? "○";
      else if (name === "size") element.style.fontSize = `${Number.parseFloat(textOf(value)) || 23}px`;
      else if (name === "color") element.style.color = textOf(value);
    },
  },
  slider: {
    made(element, _, { fire }) {
      const input = document.createElement("input");
      input.type = "range";
      const shown = document.createElement("output");
      element.append(input, shown);
      const say = (type: string) => () => {
        shown.textContent = input.value;
        fire(element, type, { value: Number(input.value) }, { bubbles: false });
      };
      input.addEventListener("change", say("change"));
      input.addEventListener("input", say("changing"));
    },
    set(element, name, value, props) {
      const input = element.firstElementChild as HTMLInputElement;
      if (name === "disabled") input.disabled = isOn(value);
      else if (name === "min" || name === "max" || name === "step") input[name] = textOf(value);
      // A value beyond the limits that have not been set yet would be cut.
      if (["min", "max", "step", "value"].includes(name)) input.value = textOf(props.get("value") ?? 0);
      const shown = element.lastElementChild as HTMLElement;
      shown.textContent = input.value;
      if (name === "show-value" && isOn(value)) element.dataset["showValue"] = "";
      else if (name === "show-value") delete element.dataset["showValue"];
    },
  },
  progress: {
    made(element) {
      element.append(document.createElement("i"));
    },
    set(element, name, value, props) {
      const bar = element.firstElementChild as HTMLElement;
      if (name === "percent") bar.style.width = `${Math.max(0, Math.min(100, Number(value) || 0))}%`;
      if (name === "percent" || name === "show-info") {
        if (isOn(props.get("show-info"))) element.dataset["info"] = `${Number(props.get("percent")) || 0}%`;
        else delete element.dataset["info"];
      } else if (name === "activeColor" || name === "color") bar.style.background = textOf(value);
      else if (name === "stroke-width") element.style.height = `${Number.parseFloat(textOf(value)) || 6}px`;
    },
  },
  "scroll-view": {
    made(element, props, { fire }) {
      element.addEventListener(
        "scroll",
        () => {
          const { scrollTop, scrollLeft, scrollHeight, scrollWidth } = element;
          fire(element, "scroll", { scrollTop, scrollLeft, scrollHeight, scrollWidth }, { bubbles: false });
          const lower = Number.parseFloat(textOf(props.get("lower-threshold"))) || 50;
          if (scrollTop + element.clientHeight > scrollHeight - lower)
            fire(element, "scrolltolower", {}, { bubbles: false });
        },
        { passive: true },
      );
    },
    set(element, name, value) {
      if (name === "scroll-x") element.style.overflowX = isOn(value) ? "auto" : "hidden";
      else if (name === "scroll-y") element.style.overflowY = isOn(value) ? "auto" : "hidden";
      else if (name === "scroll-top") element.scrollTop = Number.parseFloat(textOf(value)) || 0;
      else if (name === "scroll-left") element.scrollLeft = Number.parseFloat(textOf(value)) || 0;
      else if (name === "scroll-into-view" && textOf(value) !== "")
        calledSo(element, textOf(value))?.scrollIntoView({ block: "nearest" });
    },
  },
  swiper: {
    made(element, _, { fire }) {
      let current = 0;
      element.addEventListener("scrollend", () => {
        const isUp = element.dataset["vertical"] !== undefined;
        const size = isUp ? element.clientHeight : element.clientWidth;
        const next = Math.round((isUp ? element.scrollTop : element.scrollLeft) / Math.max(1, size));
        if (next === current) return;
        current = next;
        fire(element, "change", { current, source: "touch" }, { bubbles: false });
      });
    },
    set(element, name, value) {
      if (name === "vertical") marked(["vertical"])(element, name, value, new Map(), noBuild);
      if (name !== "current") return;
      const isUp = element.dataset["vertical"] !== undefined;
      const size = isUp ? element.clientHeight : element.clientWidth;
      element.scrollTo(isUp ? { top: size * Number(value) } : { left: size * Number(value) });
    },
  },
};
const noBuild: Builder = { fire: () => undefined, addressOf: () => undefined, language: "" };

/** Kinds that came with the program (PR72). */
export function addKinds(more: Kinds): void {
  Object.assign(kinds, more);
}

/** What the form around an element has of it. */
export function heldIn(element: HTMLElement): unknown {
  return kinds[element.localName.slice("wx-".length)]?.held?.(element);
}

/** Makes an element of a program's tag. */
export function elementFor(tag: string, build: Builder): Drawn {
  const name = tag.replaceAll(/[^a-z0-9-]/gi, "").toLowerCase();
  const element = document.createElement(`wx-${name}`);
  const kind = kinds[name];
  const props: Props = new Map();
  kind?.made?.(element, props, build);
  return {
    element,
    set(property, value) {
      props.set(property, value);
      if (property === "hidden") {
        if (isOn(value)) element.dataset["hidden"] = "";
        else delete element.dataset["hidden"];
      } else if (property === "url" || property === "open-type" || property === "delta")
        element.dataset[property === "open-type" ? "how" : property] = textOf(value);
      else if (property === "name") element.dataset["name"] = textOf(value);
      else if (property === "form-type" || property === "formType") element.dataset["formType"] = textOf(value);
      else if (property === "animation") animate(element, value);
      kind?.set?.(element, property, value, props, build);
      return kind?.steps?.(element, property, value, build);
    },
  };
}

type Step = {
  readonly animates?: readonly { readonly type?: unknown; readonly args?: readonly unknown[] }[];
  readonly option?: Readonly<Record<string, unknown>>;
};

/** Plays the steps of `wx.createAnimation`, one after the other. */
function animate(element: HTMLElement, value: unknown): void {
  const actions = (value as { readonly actions?: readonly Step[] } | null | undefined)?.actions;
  if (!Array.isArray(actions)) return;
  if (actions.length === 0) for (const one of element.getAnimations()) one.cancel();
  let at = 0;
  for (const { animates = [], option = {} } of (actions as readonly Step[]).slice(0, 50)) {
    const frame: Record<string, string> = {};
    const transforms: string[] = [];
    for (const { type, args = [] } of animates) {
      const [first] = args;
      const name = textOf(type);
      if (plainProperties.has(name))
        frame[name] = typeof first === "number" && name !== "opacity" ? `${first}px` : textOf(first);
      else transforms.push(`${name}(${args.map((one) => withUnit(name, one)).join(",")})`);
    }
    if (transforms.length > 0) frame["transform"] = transforms.join(" ");
    const duration = Math.min(60_000, Math.max(0, Number(option["duration"]) || 0));
    const delay = at + Math.max(0, Number(option["delay"]) || 0);
    try {
      element.animate([frame], { duration, delay, fill: "forwards", easing: textOf(option["timing"]) || "linear" });
    } catch {
      return; // What is no style moves nothing.
    }
    at = delay + duration;
  }
}

const plainProperties = new Set(["opacity", "backgroundColor", "width", "height", "top", "left", "bottom", "right"]);

function withUnit(name: string, value: unknown): string {
  if (typeof value !== "number") return textOf(value);
  if (/^(?:rotate|skew)/.test(name)) return `${value}deg`;
  return name.startsWith("translate") ? `${value}px` : `${value}`;
}
