/**
 * Frame: the page in which a program is drawn (docs/spec/programs.md PR4). It holds our code alone; the program's is
 * in a Worker that this page begins from a blob, and that inherits its policy. It speaks with the app by one port.
 */
import { type Begin, type FromApp, programMessage } from "../frame-messages.ts";
import type { ToLogic, Touch } from "../logic/ops.ts";
import { tooMuch } from "../logic/outlet.ts";
import { asker, isQuestion } from "./asker.ts";
import { baseSheet } from "./base.ts";
import { createDrawing } from "./drawing.ts";
import { addKinds, heldIn } from "./elements.ts";
import type { Fire, Kinds } from "./kind.ts";
import { lately } from "./lately.ts";
import { meetApp } from "./meet.ts";
import { meter } from "./meter.ts";
import { chosenPictures } from "./pictures.ts";
import { readText } from "./read-text.ts";
import { spokesman } from "./spokesman.ts";
import { turns } from "./turns.ts";

/** The code of the Worker, which the build puts in place. */
declare const __logic: string;

// Sandboxed, or not at all: with an origin of its own nothing of the app's can be reached from here.
if (self.origin !== "null") throw new Error("this page runs in a sandbox alone");
// Its own code is read before there is a program: a frame may wait for one (PR17).
const worker = new Worker(blobAddress(__logic, "text/javascript"));
meetApp<Begin>(async (begin, port) => {
  if (begin.more !== undefined) addKinds(await partOf(begin.more));
  run(begin, port);
});

/** The part of our own code that few programs need (PR72): a script that leaves its kinds behind. */
function partOf(code: string): Promise<Kinds> {
  const script = document.createElement("script");
  const came = new Promise<Kinds>((resolve, reject) => {
    script.onload = () => resolve((self as unknown as { readonly __more: Kinds }).__more);
    script.onerror = reject;
  });
  script.src = blobAddress(code, "text/javascript");
  document.head.append(script);
  return came;
}

function blobAddress(content: string | Uint8Array, type: string): string {
  return URL.createObjectURL(new Blob([content as BlobPart], { type }));
}

function run(begin: Begin, port: MessagePort): void {
  const tell = (message: ToLogic) => worker.postMessage(message);
  const sheets = new Set<string>();
  const addresses = new Map<string, string>();
  const assets = new Map(begin.assets);

  function addSheet(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  function addressOf(path: string): string | undefined {
    if (/^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/.test(path)) return path;
    const folder = drawing.page()?.path.split("/").slice(0, -1).join("/") ?? "";
    for (const place of path.startsWith("/") ? [path] : [`${folder}/${path}`, path]) {
      const name = normal(place);
      const content = assets.get(name);
      if (content === undefined) continue;
      const known = addresses.get(name) ?? blobAddress(content, typeOf(name));
      addresses.set(name, known);
      return known;
    }
    return undefined;
  }

  const fire: Fire = (element, type, detail, { bubbles = true, model } = {}) => {
    const at = drawing.numberOf(element);
    if (at !== undefined) tell({ kind: "event", at, type, detail, bubbles, ...(model === undefined ? {} : { model }) });
  };
  const drawing = createDrawing({ fire, addressOf, language: begin.device.language }, (path) => {
    const text = begin.styles[path];
    if (text === undefined || sheets.has(path)) return;
    sheets.add(path);
    addSheet(text);
  });

  const end = () => {
    worker.terminate();
    // A hundred thousand messages may wait behind: none of them is read.
    worker.onmessage = null;
    port.postMessage({ kind: "ended" });
  };
  const now = () => performance.now();
  const isHeard = meter(end, now);
  const { touched, passed } = spokesman(now);
  for (const type of ["click", "keydown"] as const)
    document.addEventListener(type, ({ isTrusted }) => isTrusted && touched(), { capture: true });
  const { asked, answered } = asker(
    (question) => port.postMessage(question),
    (id) => tell({ kind: "app", message: { kind: "result", id, fail: "too many questions" } }),
  );
  const say = lately((message) => port.postMessage(message), setTimeout);
  let isPainted = false;
  const take = turns({
    now,
    soon: inOwnTurn(),
    later: setTimeout,
    end,
    draw: drawing.apply,
    layOut: () => document.documentElement.getBoundingClientRect(),
    drawn() {
      if (isPainted || drawing.page() === undefined) return;
      isPainted = true;
      requestAnimationFrame(() => setTimeout(() => port.postMessage({ kind: "painted" }), 0));
    },
    read(data) {
      if (data.kind === "measure") {
        for (const [id, at, what] of data.of)
          tell({ kind: "measured", id, result: measured(drawing.nodeAt(at), what) });
        return;
      }
      const message = programMessage(data.message);
      if (message === undefined) return;
      if (isQuestion(message)) asked(message);
      else say(passed(message));
    },
  });
  worker.onmessage = ({ data }: MessageEvent) => {
    if (!isHeard(data)) return;
    const said = readText(data);
    if (said === tooMuch) end();
    else if (said !== undefined) take(said);
  };
  worker.onerror = ({ message }) => {
    if (isHeard(message)) port.postMessage(programMessage({ kind: "fault", words: message }));
  };
  const chosen = chosenPictures((path, bytes) => assets.set(path, bytes));
  port.onmessage = ({ data }: MessageEvent<FromApp>) => {
    tell({ kind: "app", message: chosen(data) });
    if (data.kind === "result") answered(data.id);
  };

  listen(drawing, fire, tell);
  addSheet(baseSheet);
  const size = (width: number) => document.documentElement.style.setProperty("--rpx", `${width / 750}px`);
  addEventListener("resize", () => size(innerWidth));
  size(begin.device.width);
  const { manifest, stored, device, page, self, answers = {} } = begin;
  const screen = { pixelRatio: devicePixelRatio, ...device };
  const code = blobAddress(begin.logic, "text/javascript");
  const started = {
    kind: "begin",
    code,
    manifest,
    sheets: Object.keys(begin.styles),
    stored,
    screen,
    answers,
  } as const;
  tell({ ...started, ...(page === undefined ? {} : { page }), ...(self === undefined ? {} : { self }) });
}

/** A timer would wait for four milliseconds. */
function inOwnTurn(): (then: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (then) => {
    waiting.push(then);
    port2.postMessage(undefined);
  };
}

/** Touches of a person, sent to the element that was touched: glass-easel finds who listens. */
function listen(drawing: ReturnType<typeof createDrawing>, fire: Fire, tell: (message: ToLogic) => void): void {
  const touched = (target: EventTarget | null): Element | undefined => {
    let element = target instanceof Element ? target : undefined;
    while (element !== undefined && drawing.numberOf(element) === undefined)
      element = element.parentElement ?? undefined;
    return element;
  };
  const send = (element: Element, type: string, detail: unknown, touches: readonly Touch[], changed = touches) => {
    const at = drawing.numberOf(element);
    if (at !== undefined) tell({ kind: "event", at, type, detail, bubbles: true, touches, changedTouches: changed });
  };
  document.addEventListener("click", (event) => {
    const element = touched(event.target);
    if (element === undefined || element.closest("[data-disabled]") !== null) return;
    const { pageX, pageY, clientX, clientY } = event;
    send(element, "tap", { x: pageX, y: pageY }, [{ identifier: 0, pageX, pageY, clientX, clientY }]);
    const link = element.closest<HTMLElement>("wx-navigator");
    const how = link?.dataset["how"] ?? "navigate";
    const call = ({ navigate: "navigateTo", redirect: "redirectTo" } as Record<string, string>)[how] ?? how;
    const { url = "", delta } = link?.dataset ?? {};
    if (link !== null && /^(?:navigateTo|redirectTo|switchTab|reLaunch|navigateBack)$/.test(call))
      tell({ kind: "navigate", how: call, url, ...(delta === undefined ? {} : { delta: Number(delta) || 1 }) });
    const form = element.closest("wx-form");
    if (form !== null && element.closest<HTMLElement>("wx-button")?.dataset["formType"] === "submit")
      fire(form, "submit", { value: valuesIn(form) }, { bubbles: false });
    if (form !== null && element.closest<HTMLElement>("wx-button")?.dataset["formType"] === "reset") resets(form, fire);
  });
  const asTouches = (list: TouchList): Touch[] =>
    [...list].map(({ identifier, pageX, pageY, clientX, clientY }) => ({ identifier, pageX, pageY, clientX, clientY }));
  for (const type of ["touchstart", "touchmove", "touchend", "touchcancel"] as const)
    document.addEventListener(
      type,
      (event) => {
        const element = touched(event.target);
        if (element !== undefined) send(element, type, {}, asTouches(event.touches), asTouches(event.changedTouches));
      },
      { passive: true },
    );
  // A mouse is a finger where there is none, so that a game that listens for touches is played on a desk.
  let pressed: Element | undefined;
  for (const [mouse, type] of [
    ["pointerdown", "touchstart"],
    ["pointermove", "touchmove"],
    ["pointerup", "touchend"],
  ] as const)
    document.addEventListener(mouse, (event) => {
      if (event.pointerType !== "mouse") return;
      if (type === "touchstart") pressed = touched(event.target);
      if (pressed === undefined) return;
      const { pageX, pageY, clientX, clientY } = event;
      const touch = [{ identifier: 0, pageX, pageY, clientX, clientY }];
      send(pressed, type, {}, type === "touchend" ? [] : touch, touch);
      if (type === "touchend") pressed = undefined;
    });
  document.addEventListener(
    "scroll",
    ({ target }) => {
      const page = drawing.page()?.element;
      if (page === undefined || target !== page) return;
      const isEnd = page.scrollTop + page.clientHeight > page.scrollHeight - 50;
      tell({ kind: "scrolled", top: page.scrollTop, isEnd });
    },
    { capture: true, passive: true },
  );
}

/** Empties the fields of a form, and says so. */
function resets(form: Element, fire: Fire): void {
  for (const field of form.querySelectorAll<HTMLInputElement>("wx-input > input, wx-textarea > textarea"))
    field.value = "";
  for (const box of form.querySelectorAll<HTMLInputElement>("wx-checkbox > input, wx-radio > input, wx-switch > input"))
    box.checked = false;
  fire(form, "reset", {}, { bubbles: false });
}

/** What stands in the fields of a form, by their names. */
function valuesIn(form: Element): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const element of form.querySelectorAll<HTMLElement>("[data-name]")) {
    const name = element.dataset["name"] ?? "";
    const chosen = [...element.querySelectorAll<HTMLElement>("wx-radio, wx-checkbox")].filter(
      (one) => (one.firstElementChild as HTMLInputElement).checked,
    );
    const input = element.firstElementChild as HTMLInputElement | null;
    if (element.localName === "wx-radio-group") values[name] = chosen[0]?.dataset["value"] ?? "";
    else if (element.localName === "wx-checkbox-group") values[name] = chosen.map(({ dataset }) => dataset["value"]);
    else if (element.localName === "wx-switch") values[name] = input?.checked ?? false;
    else if (element.localName === "wx-picker") values[name] = heldIn(element) ?? "";
    else if (element.localName === "wx-slider") values[name] = Number(input?.value);
    else values[name] = input?.value ?? "";
  }
  return values;
}

function measured(node: Node | undefined, what: "box" | "scroll"): unknown {
  if (!(node instanceof Element)) return { left: 0, top: 0, width: 0, height: 0, scrollLeft: 0, scrollTop: 0 };
  if (what === "box") {
    const { left, top, width, height } = node.getBoundingClientRect();
    return { left, top, width, height };
  }
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = node;
  return { scrollLeft, scrollTop, scrollWidth, scrollHeight };
}

function normal(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

function typeOf(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const kind = ending === "jpg" ? "jpeg" : ending === "svg" ? "svg+xml" : ending;
  return /^(?:png|jpeg|gif|webp|svg\+xml)$/.test(kind) ? `image/${kind}` : "application/octet-stream";
}
