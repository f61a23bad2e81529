/**
 * Testkit: plays a program without a browser. The Worker's code runs in the process, its ops become a tree of plain
 * objects, and taps go to what bears a text. What it shows is what the frame would draw.
 */
import { compileFunction } from "node:vm";
import { type Program, readPackage } from "../format/package.ts";
import type { Self } from "../frame-messages.ts";
import { createLogic } from "../logic/logic.ts";
import type { FromLogic, Op, ToLogic } from "../logic/ops.ts";
import { addWxsGlobals } from "../logic/wxs-globals.ts";

type Node = {
  readonly at: number;
  readonly kind: "element" | "text" | "page";
  readonly tag: string;
  words: string;
  readonly classes: Set<string>;
  readonly set: Map<string, unknown>;
  style: string;
  parent: Node | undefined;
  children: Node[];
};
type Said = Readonly<Record<string, unknown>>;

export type Played = {
  /** All texts of the page on top, in the order of the screen, with single spaces. */
  readonly text: () => string;
  readonly tap: (words: string) => Promise<void>;
  /** Sends an event to the first element of a class. */
  readonly send: (
    className: string,
    type: string,
    detail?: unknown,
    touches?: readonly [number, number],
  ) => Promise<void>;
  readonly byClass: (className: string) => readonly string[];
  readonly tell: (message: Said) => Promise<void>;
  /** What the program asked the app for. */
  readonly said: readonly Said[];
  readonly faults: () => readonly unknown[];
  readonly stored: ReadonlyMap<string, string>;
  /** All that it drew. */
  readonly ops: () => readonly Op[];
  readonly settled: () => Promise<void>;
};

/**
 * @param answer the app's result of what it asks the person, or the words of a `fail`. @param self present: it shares
 * state with a chat. @param onPost told of each message of changes or questions how
 * elements lie, how many it holds. @param page where it opens.
 */
export async function play(
  packed: Uint8Array | Program,
  stored: Readonly<Record<string, string>> = {},
  answer: (said: Said) => Said | Promise<Said> = () => ({ confirm: true, cancel: false, tapIndex: 0 }),
  self?: Self,
  onPost: (kind: "ops" | "measure", count: number) => void = () => undefined,
  page?: string,
): Promise<Played> {
  const read = packed instanceof Uint8Array ? readPackage(packed) : { program: packed };
  if ("fault" in read) throw new Error(`the package is not read: ${read.fault}`);
  const { manifest, logic, styles } = read.program;
  const nodes = new Map<number, Node>();
  const kept = new Map(Object.entries(stored));
  const said: Said[] = [];
  const drawn: Op[] = [];
  let top = 0;
  addWxsGlobals(globalThis);

  const tell: { to?: (message: ToLogic) => void } = {};
  const post = (message: FromLogic): void => {
    if (message.kind === "ops") {
      onPost("ops", message.ops.length);
      for (const op of message.ops) {
        drawn.push(op);
        apply(op);
      }
    } else if (message.kind === "measure") {
      onPost("measure", message.of.length);
      const box = {
        left: 0,
        top: 0,
        width: 100,
        height: 20,
        scrollLeft: 0,
        scrollTop: 0,
        scrollWidth: 100,
        scrollHeight: 20,
      };
      for (const [id] of message.of) queueMicrotask(() => tell.to?.({ kind: "measured", id, result: box }));
    } else fromProgram(message.message as Said);
  };
  const fromProgram = (message: Said): void => {
    said.push(message);
    const { kind, id, key, value } = message;
    if (kind === "store" && typeof key === "string") {
      if (typeof value === "string") kept.set(key, value);
      else kept.delete(key);
    }
    if (kind === "forget") kept.clear();
    if (typeof id !== "number") return;
    const isAsked = typeof kind === "string" && ["modal", "choose", "want", "pictures", "write"].includes(kind);
    void Promise.resolve(isAsked ? answer(message) : {}).then(({ fail, ...result }: Said) => {
      const told = fail === undefined ? { result } : { fail };
      tell.to?.({ kind: "app", message: { kind: "result", id, ...told } });
    });
  };
  tell.to = createLogic({
    post,
    run: (address, code) => compileFunction(address, ["self"])({ __program: code }),
  });

  function apply(op: Op): void {
    const [name, at, ...rest] = op as readonly [string, number, ...unknown[]];
    const node = nodes.get(at);
    const other = (index: number) => nodes.get(Number(rest[index]));
    if (name === "element" || name === "text" || name === "page") {
      const what = typeof rest[0] === "string" ? rest[0] : "";
      const words = name === "text" ? what : "";
      nodes.set(at, {
        at,
        kind: name,
        tag: what,
        words,
        classes: new Set(),
        set: new Map(),
        style: "",
        parent: undefined,
        children: [],
      });
    } else if (name === "release") nodes.delete(at);
    else if (name === "top") top = at;
    else if (node === undefined) return;
    else if (name === "append") put(node, other(0));
    else if (name === "insert") put(node, other(0), other(1));
    else if (name === "replace") {
      put(node, other(0), other(1));
      take(other(1));
    } else if (name === "remove") take(node);
    else if (name === "cut") {
      const siblings = node.parent?.children ?? [];
      const index = siblings.indexOf(node);
      for (const gone of siblings.slice(index, index + Number(rest[0]))) take(gone);
    } else if (name === "words") node.words = String(rest[0]);
    else if (name === "class") node.classes.add(String(rest[0]));
    else if (name === "unclass") node.classes.delete(String(rest[0]));
    else if (name === "unstyled") node.classes.clear();
    else if (name === "style") node.style = String(rest[0]);
    else if (name === "set") node.set.set(String(rest[0]), rest[1]);
  }

  const within = (node: Node | undefined): Node[] =>
    node === undefined ? [] : [node, ...node.children.flatMap((child) => within(child))];
  const shown = () => within(nodes.get(top));
  const textOf = (node: Node) =>
    within(node)
      .map(({ words }) => words)
      .join(" ")
      .replace(/\s+/g, " ")
      .trim();
  // The program's own timers run too, so a turn is a few rounds of them.
  const settled = async () => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const fire = async (node: Node, type: string, detail: unknown, touches?: readonly [number, number]) => {
    const [x, y] = touches ?? [0, 0];
    const touch = [{ identifier: 0, pageX: x, pageY: y, clientX: x, clientY: y }];
    const touched = touches === undefined && type !== "tap" ? {} : { touches: touch, changedTouches: touch };
    tell.to?.({
      kind: "event",
      at: node.at,
      type,
      detail,
      bubbles: type === "tap" || touches !== undefined,
      ...touched,
    });
    await settled();
  };
  const withClass = (name: string) => shown().filter(({ classes }) => [...classes].some((one) => one.endsWith(name)));

  const screen = { width: 375, height: 600, pixelRatio: 2, language: "zh-Hans", theme: "light" } as const;
  tell.to({
    kind: "begin",
    code: logic,
    manifest,
    sheets: Object.keys(styles),
    stored,
    screen,
    ...(self === undefined ? {} : { self }),
    ...(page === undefined ? {} : { page }),
  });
  await settled();
  return {
    text: () => (nodes.has(top) ? textOf(nodes.get(top) as Node) : ""),
    async tap(words) {
      const node = shown().find((one) => one.kind === "text" && one.words.trim() === words);
      if (node?.parent === undefined) throw new Error(`nothing bears the text ${words}`);
      await fire(node.parent, "tap", { x: 1, y: 1 });
    },
    async send(className, type, detail = {}, touches) {
      const [node] = withClass(className);
      if (node === undefined) throw new Error(`nothing has the class ${className}`);
      await fire(node, type, detail, touches);
    },
    byClass: (name) => withClass(name).map(textOf),
    async tell(message) {
      tell.to?.({ kind: "app", message });
      await settled();
    },
    said,
    faults: () => said.flatMap((one) => (one["kind"] === "fault" ? [one["words"]] : [])),
    stored: kept,
    ops: () => drawn,
    settled,
  };
}

/** Puts a node before another, or at the end. */
function put(parent: Node, child: Node | undefined, before?: Node): void {
  if (child === undefined) return;
  take(child);
  const index = before === undefined ? -1 : parent.children.indexOf(before);
  parent.children.splice(index < 0 ? parent.children.length : index, 0, child);
  child.parent = parent;
}

function take(node: Node | undefined): void {
  const siblings = node?.parent?.children;
  if (node === undefined || siblings === undefined) return;
  siblings.splice(siblings.indexOf(node), 1);
  node.parent = undefined;
}
