/**
 * vectors/ and the tables of the spec, against what our own code makes and reads: the writer of another client has
 * nothing else.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Body,
  bodyKinds,
  decodeBody,
  decodeLinkCard,
  decodeMessage,
  decodeNote,
  decodeSyncItem,
  dispositionOf,
  encodeBody,
  encodeHandedPart,
  encodeMessage,
  encodeRecoveryRecord,
  encodeVaultSegment,
} from "@yanshu/content";
import {
  blobCopy,
  blobCreate,
  blobDays,
  type CallName,
  calls,
  decodeClientFrame,
  decodeLink,
  decodeResult,
  decodeServerFrame,
  errorCodes,
  fromHex,
  limits,
  MalformedError,
  toHex,
} from "@yanshu/wire";
import { decode } from "cborg";
import { format, made, plain } from "./make.ts";
import { bodies } from "./messages.ts";
import { Home } from "./transcript.ts";

const root = join(import.meta.dirname, "../../../..");
const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
const vectorOf = (name: string) => JSON.parse(textOf(`vectors/${name}`));
type Shown = { readonly value: Record<string, unknown>; readonly hex: string };

/** Rows of all tables of a page that begin with this head: cells by their order. */
function rowsOf(path: string, head: string): readonly (readonly string[])[] {
  const lines = textOf(path)
    .split("\n")
    .map((line) => line.trim());
  const heads = lines.flatMap((line, at) => (line.startsWith(`| ${head} |`) ? [at] : []));
  expect(heads.length).toBeGreaterThan(0);
  return heads.flatMap((from) => {
    const rest = lines.slice(from + 2);
    const to = rest.findIndex((line) => !line.startsWith("|"));
    return rest.slice(0, to).map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  });
}

/** The fields that a cell names: at its top, not within braces; those that may be absent end in `?`. */
function fieldsOf(cell: string): readonly string[] {
  const top = cell.replace(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "");
  return [...top.matchAll(/`(\w+)`(\??)/g)].map(([, name, absent]) => `${name}${absent}`);
}

/** The same of examples: a field that one of them lacks may be absent. */
function shownFields(examples: readonly Record<string, unknown>[]): readonly string[] {
  const names = new Set(examples.flatMap((one) => Object.keys(one)));
  names.delete("kind");
  return [...names].map((name) => (examples.every((one) => name in one) ? name : `${name}?`));
}

test("[WI25] [WI37] [WI39] [WI42] [MO1] [MO4] [MO6] every vector is what our code makes", async () => {
  for (const [name, value] of Object.entries(await made())) expect(textOf(`vectors/${name}`)).toBe(format(value));
});

test("[WI26] [WI44] each call is in the table with its connection and its fields, and is read as it stands in the vectors", () => {
  const rows = new Map(
    rowsOf("docs/spec/wire.md", "call").map(([name, ...cells]) => [name?.replaceAll("`", ""), cells]),
  );
  expect([...rows.keys()].sort()).toEqual(Object.keys(calls).sort());
  for (const { name, who, args, leastArgs, result, leastResult } of vectorOf("calls.json").calls) {
    const [connection, argsCell = "", resultCell = ""] = rows.get(name) ?? [];
    expect(connection).toBe(who);
    expect(calls[name as CallName].who).toBe(who);
    for (const [cell, whole, least] of [
      [argsCell, args, leastArgs],
      [resultCell, result, leastResult],
    ] as const) {
      const examples = [whole, ...(least === undefined ? [] : [least])].map(({ value }: Shown) => value);
      expect(`${name} ${[...fieldsOf(cell)].sort().join(" ")}`).toBe(
        `${name} ${[...shownFields(examples)].sort().join(" ")}`,
      );
    }
    for (const asked of [args, ...(leastArgs === undefined ? [] : [leastArgs])] as Shown[])
      expect(plain(decodeClientFrame(fromHex(asked.hex)))).toEqual({
        type: "call",
        request: 1,
        name,
        args: asked.value,
      });
    for (const answer of [result, ...(leastResult === undefined ? [] : [leastResult])] as Shown[]) {
      const frame = decodeServerFrame(fromHex(answer.hex));
      if (frame.type !== "result") throw new Error("no result");
      expect(plain(decodeResult(name, frame.body))).toEqual(answer.value);
    }
  }
});

test("[WI28] the table of refusals holds each number and its name", () => {
  const rows = rowsOf("docs/spec/wire.md", "number").map(([number, name]) => [
    name?.replaceAll("`", ""),
    Number(number),
  ]);
  expect(Object.fromEntries(rows)).toEqual(errorCodes);
});

test("[WI29] the table of caps says what the code holds to", () => {
  const rows = rowsOf("docs/spec/wire.md", "name");
  expect(rows.length).toBeGreaterThan(20);
  for (const [name = "", , cap = ""] of rows) {
    const code = name.replaceAll("`", "") as keyof typeof limits;
    expect(`${code} ${Number(cap.replace(/,/g, "").replace(/ .*$/, ""))}`).toBe(`${code} ${limits[code]}`);
  }
});

test("[WI36] [WI37] [WI38] messages, their bodies and what own devices tell are read as they stand in the vectors", () => {
  const { messages, bodies, items } = vectorOf("messages.json");
  for (const { value, hex } of messages as Shown[]) {
    const read = decodeMessage(fromHex(hex));
    expect(plain(read)).toMatchObject(value);
    expect(toHex(encodeMessage(read))).toBe(hex);
  }
  for (const { value, hex } of bodies as Shown[]) expect(plain(decodeBody(fromHex(hex)))).toEqual(value);
  for (const { value, hex } of items as Shown[]) expect(plain(decodeSyncItem(fromHex(hex)))).toEqual(value);
});

test("[WI37] each body in the table has the fields and the disposition that it is said to have", () => {
  const examples = Map.groupBy(vectorOf("messages.json").bodies as Shown[], ({ value }) => value["kind"] as string);
  const rows = rowsOf("docs/spec/messages.md", "kind | fields | disposition");
  expect(rows.map(([kind]) => kind?.replaceAll("`", "")).sort()).toEqual([...examples.keys()].sort());
  for (const [cell = "", fields = "", disposition] of rows) {
    const kind = cell.replaceAll("`", "");
    const shown = shownFields((examples.get(kind) ?? []).map(({ value }) => value));
    expect(`${kind} ${[...fieldsOf(fields)].sort().join(" ")}`).toBe(`${kind} ${[...shown].sort().join(" ")}`);
    const known = bodyKinds.find((one) => one === kind);
    expect(known && dispositionOf(known)).toBe(disposition as ReturnType<typeof dispositionOf>);
  }
});

test("[WI46] [WI49] each item that own devices tell has the fields that it is said to have", () => {
  const examples = Map.groupBy(vectorOf("messages.json").items as Shown[], ({ value }) => value["kind"] as string);
  const rows = rowsOf("docs/spec/messages.md", "kind | fields").filter(({ length }) => length === 2);
  expect(rows.map(([kind]) => kind?.replaceAll("`", "")).sort()).toEqual([...examples.keys()].sort());
  for (const [cell = "", fields = ""] of rows) {
    const kind = cell.replaceAll("`", "");
    const shown = shownFields((examples.get(kind) ?? []).map(({ value }) => value));
    expect(`${kind} ${[...fieldsOf(fields)].sort().join(" ")}`).toBe(`${kind} ${[...shown].sort().join(" ")}`);
  }
});

/** The same with another value at a path; `*` is the first of a list, and other names are looked for in each of one. */
function withField(value: unknown, path: readonly string[], of: (now: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return of(value);
  if (Array.isArray(value))
    return name === "*"
      ? [withField(value[0], rest, of), ...value.slice(1)]
      : value.map((one) => withField(one, path, of));
  if (typeof value !== "object" || value === null || !(name in value)) return value;
  return { ...value, [name]: withField((value as Record<string, unknown>)[name], rest, of) };
}

/** As large as said, in what its kind of value is counted in. */
function sized(value: unknown, size: number): unknown {
  if (typeof value === "string") return "x".repeat(size);
  if (value instanceof Uint8Array) return new Uint8Array(size);
  if (typeof value === "number") return size;
  if (Array.isArray(value)) return Array.from({ length: size }, () => value[0] as unknown);
  throw new Error("nothing that has a size");
}

test("[WI47] each field takes what its cap allows, and not one more", () => {
  const rows = rowsOf("docs/spec/messages.md", "at most");
  expect(rows.length).toBeGreaterThan(20);
  for (const [cap = "", cell = ""] of rows)
    for (const [, named = ""] of cell.matchAll(/`([\w.*]+)`/g)) {
      const [kind, ...path] = named.split(".");
      const tryWith = (size: number) => {
        let found = 0;
        for (const body of bodies.filter((one) => one.kind === kind)) {
          const before = found;
          const changed = withField(body, path, (now) => {
            found += 1;
            return sized(now, size);
          });
          if (found > before) encodeBody(changed as Body);
        }
        expect(`${named} ${found > 0}`).toBe(`${named} true`);
      };
      const size = Number(cap.replaceAll(",", ""));
      expect(() => tryWith(size)).not.toThrow();
      expect(() => tryWith(size + 1)).toThrow(MalformedError);
    }
});

test("[GR2.2] the rule names each field that a state in the vectors has", () => {
  const [, rule = ""] = /- \*\*GR2\.2\*\* ([\s\S]*?)\n- \*\*GR2\.3\*\*/.exec(textOf("docs/spec/groups.md")) ?? [];
  const names = (value: unknown): readonly string[] =>
    typeof value !== "object" || value === null
      ? []
      : Array.isArray(value)
        ? value.flatMap(names)
        : Object.entries(value).flatMap(([name, field]) => [name, ...(name === "more" ? [] : names(field))]);
  const valid = vectorOf("group-state.json").encodings.valid as { readonly state: object }[];
  const used = new Set(valid.flatMap(({ state }) => names(state)));
  expect(used.size).toBeGreaterThan(20);
  const [, shape = ""] = /`(\{policyVersion[^`]+)`/.exec(rule) ?? [];
  const said = [...shape.matchAll(/\b[a-z]\w+/gi)].map(([word]) => word);
  expect([...used].filter((name) => !said.includes(name))).toEqual([]);
});

test("[WI48] the requests for files are those that home answers, with the fields that it reads", () => {
  const rows = rowsOf("docs/spec/media.md", "request").map(([request = "", , body = ""]) => [
    request.replaceAll("`", ""),
    fieldsOf(body),
  ]);
  const about = textOf("packages/wire/src/features/files.ts").matchAll(/^ \* {3}(\w+) +(\/blobs\/\S+)/gm);
  expect(rows.map(([request]) => request).sort()).toEqual(
    [...about].map(([, method, path]) => `${method} ${path}`).sort(),
  );
  const examples: Readonly<Record<string, unknown>> = {
    bytes: 1,
    to: new Uint8Array(16),
    layer: new Uint8Array(32),
    ownerHash: new Uint8Array(32),
    days: 1,
    tokens: [],
  };
  for (const [request, schema] of [
    ["POST /blobs/ID", blobCreate],
    ["POST /blobs/ID/copies", blobCopy],
    ["POST /blobs/ID/days", blobDays],
  ] as const) {
    const names = (rows.find(([one]) => one === request)?.[1] ?? []) as readonly string[];
    const whole = Object.fromEntries(names.map((name) => [name, examples[name]]));
    expect(() => schema.check(whole, request)).not.toThrow();
    for (const name of names) {
      const { [name]: _without, ...others } = whole;
      expect(() => schema.check(others, request)).toThrow(MalformedError);
    }
  }
});

test("[ID10] [GR26.2] links are read as they stand in the vectors", () => {
  const { links, card } = vectorOf("derived.json");
  for (const { kind, link, text } of links) expect(plain(decodeLink(text))).toEqual({ kind, link });
  expect(plain(decodeLinkCard(fromHex(card.hex)))).toEqual(card.value);
});

test("[WI39] [WI45] each note in the table has the fields that it is said to have, and is read as it stands in the vectors", () => {
  const notes = vectorOf("messages.json").notes as Shown[];
  for (const { value, hex } of notes) expect(plain(decodeNote(fromHex(hex)))).toEqual(value);
  const text = textOf("docs/spec/messages.md");
  for (const { value } of notes) {
    const row = text
      .split("\n")
      .find(
        (line) =>
          line.includes(`| \`${value["kind"]}\` |`) &&
          line.split("|").length === 5 &&
          !/\| (?:message|signal|notice) \|$/.test(line),
      );
    const fields = fieldsOf(row?.split("|")[2] ?? "").map((name) => name.replace("?", ""));
    const shown = Object.keys(value).filter((name) => name !== "kind");
    expect(`${value["kind"]} ${fields.sort().join(" ")}`).toBe(`${value["kind"]} ${shown.sort().join(" ")}`);
  }
});

test("[WI32] [WI42] a home with the transcript's chance answers the transcript byte for byte", async () => {
  const frames = vectorOf("transcript.json").frames as {
    connection: string;
    from: string;
    says: string;
    hex: string;
  }[];
  const home = new Home();
  const lines = new Map<string, ReturnType<Home["connect"]>>();
  const answered: string[] = [];
  for (const { connection, from, hex } of frames) {
    if (from === "home") continue;
    const line = lines.get(connection) ?? home.connect();
    lines.set(connection, line);
    await line.receive(fromHex(hex));
    for (const [name, { sent }] of lines) answered.push(...sent.splice(0).map((frame) => `${name} ${toHex(frame)}`));
  }
  home.stop();
  expect(answered).toEqual(
    frames.filter(({ from }) => from === "home").map(({ connection, hex }) => `${connection} ${hex}`),
  );
  const pushes = frames
    .filter(({ from }) => from === "home")
    .flatMap(({ hex }) => {
      const frame = decodeServerFrame(fromHex(hex));
      return frame.type === "push" ? [`${frame.push.mode} ${frame.push.epoch}`] : [];
    });
  expect(pushes).toEqual(["create 0", "create 0", "application 1"]);
});

/** Words of a text: what holds a letter or a figure; the bars of a table are none. */
const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Words of a section of a page: its heading's, and those up to the next one. `all`: of the page. */
function sectionWords(page: string, section: string): number {
  const text = textOf(`docs/spec/${page}`);
  if (section === "all") return wordsOf(text);
  const parts = text.split(/^(?=#{1,2} )/m);
  const part = parts.find((one) => one.startsWith(`## ${section}\n`) || one.startsWith(`## ${section} `));
  if (part === undefined) throw new Error(`${page} has no section ${section}`);
  return wordsOf(part);
}

test("[WI43] the protocol has the sections that it names, and 16,000 words at most, its own page among them", () => {
  const page = textOf("docs/spec/protocol.md");
  const [one, two] = page
    .split(/^## Part (?=one|two)/m)
    .slice(1)
    .map((part) =>
      [...part.matchAll(/^\| \[(\w+\.md)\]\(\1\) \| (.+) \|$/gm)].flatMap(([, name = "", sections = ""]) =>
        sections.split(" · ").map((section) => sectionWords(name, section)),
      ),
    );
  const sum = (counts: readonly number[] = []) => counts.reduce((total, count) => total + count, 0);
  expect(two?.length).toBeGreaterThan(15);
  expect(one?.length).toBeGreaterThan(25);
  expect(sum(one)).toBeGreaterThan(8_000);
  expect(sum(one) + sum(two) + wordsOf(page)).toBeLessThanOrEqual(16_000);
});

test("[RO21] each format has the number that the page on growth declares, in what our code writes and in the vectors", () => {
  const inside = (bytes: Uint8Array) => decode(bytes) as { readonly v?: number };
  const none = { messages: [], people: [], groups: [], clears: [] };
  const record = { keys: [], begins: [], items: [], rights: [], groups: [], people: [], ownFounding: 0 };
  const exported = textOf("packages/web/src/features/export/exported.ts");
  const written: Readonly<Record<string, number | undefined>> = {
    connection: vectorOf("frames.json").client.valid[0].frame.args.versions.at(-1),
    "message, outer part": inside(fromHex(vectorOf("messages.json").messages[0].hex)).v,
    "group state": vectorOf("group-state.json").base.policyVersion,
    "device list, inception": inside(fromHex(vectorOf("device-list.json").inception)).v,
    "link card": vectorOf("derived.json").card.value.v,
    "part of handed-over history": inside(encodeHandedPart({ messages: [], people: [] })).v,
    "vault segment": inside(encodeVaultSegment(none)).v,
    "recovery record": inside(encodeRecoveryRecord(record)).v,
    "exported account": Number(/exportVersion = (\d+)/.exec(exported)?.[1]),
  };
  const declared = rowsOf("docs/spec/growth.md", "format | where its number stands");
  expect(Object.fromEntries(declared.map(([format = "", , number]) => [format, Number(number)]))).toEqual(
    written as Record<string, number>,
  );
});
