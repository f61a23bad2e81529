/** The operator's commands, as processes, beside a real server and without one. */
import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeLink, toBase64Url } from "@yanshu/wire";
import { backupHelp } from "../backup/command.ts";
import { defaultConfig } from "../core/config.ts";
import { limitOptions } from "../limit-options.ts";
import { Person } from "../testkit/person.ts";
import { hasPostgres, PostgresCluster } from "../testkit/postgres.ts";
import { endAll, portOf, Socket, type Started, start, until } from "../testkit/process.ts";
import { postgresBill } from "./bun-bill.ts";
import { answerTo, askControl, controlFile } from "./bun-control.ts";
import { operatorHelp } from "./commands.ts";
import { type Status, statusText } from "./status.ts";
import { counted, lasting, sized, table } from "./words.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-operator-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

async function ran(...args: string[]) {
  const { output, ended } = start(...args);
  return { code: await ended, output: output() };
}

async function home(name: string, ...more: string[]) {
  const data = join(folder, name);
  const started = start("--port", "0", "--data", data, "--domain", "yan.example", ...more);
  const port = await portOf(started);
  const says = async (...args: string[]) => ran(...args, "--data", data);
  const json = async (...args: string[]): Promise<unknown> => JSON.parse((await says(...args, "--json")).output);
  return { data, started, port, says, json };
}

/** With its database at hand. */
type Known = Status & { readonly counts: NonNullable<Status["counts"]> };

const end = async ({ child, ended }: Started) => {
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
};

/** Comes in by a link: "in", or why not. */
async function comes(port: number, link: string, person: Person): Promise<string> {
  const read = decodeLink(link);
  if (read?.kind !== "invite") throw new Error(`no invitation: ${link}`);
  const caller = new Socket(port);
  await caller.open();
  try {
    await caller.call("register", {
      token: read.link.token,
      inception: person.inception,
      entry: person.entries[0] as Uint8Array,
    });
    return "in";
  } catch (error) {
    return /"code":"([a-z-]+)"/.exec((error as Error).message)?.[1] ?? "lost";
  } finally {
    caller.socket.close();
  }
}

test("[TE13] [DS145] invitations are made, listed, rotated and ended beside the running server, at once", async () => {
  const { data, started, port, says, json } = await home("invites");
  const made = (await json("invite", "--people", "2", "--hours", "6")) as { number: number; link: string };
  expect(made).toEqual({ number: 1, link: expect.stringContaining("https://yan.example/") });
  expect(await comes(port, made.link, new Person("ann"))).toBe("in");
  const again = (await json("invite", "rotate", "1")) as { link: string };
  expect(await comes(port, made.link, new Person("ben"))).toBe("bad-token");
  expect(await comes(port, again.link, new Person("ben"))).toBe("in");
  expect(await comes(port, again.link, new Person("cat"))).toBe("invite-used-up");
  const one = (await json("invite")) as { number: number; link: string };
  expect(await comes(port, one.link, new Person("cat"))).toBe("in");
  const open = (await json("invite", "--open")) as { link: string };
  expect((await says("invite", "end", "3")).output).toContain("Invitation 3 has ended");
  expect(await comes(port, open.link, new Person("dan"))).toBe("invite-expired");
  expect(await json("invite", "list")).toMatchObject([
    { number: 1, people: 2, came: 2, isOver: true },
    { number: 2, people: 1, came: 1, isOver: true },
    { number: 3, people: null, came: 0, isOver: true },
  ]);
  expect((await says("invite", "end", "9")).output).toBe(
    "yanshu: there is no such invitation that goes on: see `invite list`\n",
  );
  const standing = (await json("invite", "standing")) as { link: string };
  const token = readFileSync(join(data, "registration-token"), "utf8").trim();
  expect(standing.link).toContain("yan.example");
  expect(await comes(port, standing.link, new Person("dan"))).toBe("in");
  const renewed = (await json("invite", "rotate", "standing")) as { link: string };
  expect(readFileSync(join(data, "registration-token"), "utf8").trim()).not.toBe(token);
  expect(await comes(port, standing.link, new Person("eve"))).toBe("bad-token");
  expect(await comes(port, renewed.link, new Person("eve"))).toBe("in");
  await end(started);
  // And while none runs: links lead where the last server was.
  const late = (await json("invite", "--people", "5", "--days", "2")) as { number: number; link: string };
  expect(late).toEqual({ number: 4, link: expect.stringContaining("https://yan.example/") });
  const next = await home("invites");
  expect(await comes(next.port, late.link, new Person("fay"))).toBe("in");
  await end(next.started);
}, 120_000);

test("[TE14] [DS142] [DS143] an account is suspended, let in again and removed by its number, while it is connected", async () => {
  const { started, port, says, json } = await home("accounts");
  const ann = new Person("ann");
  const { link } = (await json("invite")) as { link: string };
  expect(await comes(port, link, ann)).toBe("in");
  const phone = new Socket(port);
  await phone.signIn(ann, 0);
  const bill = (await json("accounts")) as { number: number; keyBytes: number }[];
  expect(bill).toMatchObject([{ number: 1, devices: 1, historyBytes: 0, waitingBytes: 0, isSuspended: false }]);
  expect(bill[0]?.keyBytes).toBeGreaterThan(100);
  expect((await says("suspend", "1")).output).toContain("Account 1 is suspended");
  await until(() => phone.closed);
  expect(phone.closed).toMatchObject({ code: 4008 });
  await expect(new Socket(port).signIn(ann, 1)).rejects.toThrow("suspended");
  expect((await says("accounts")).output).toContain("suspended");
  expect((await says("suspend", "1", "--end")).output).toContain("let in again");
  const back = new Socket(port);
  await back.signIn(ann, 1);
  expect((await says("remove", "1")).output).toContain("nothing was removed: say --yes");
  expect(await json("accounts")).toHaveLength(1);
  expect((await says("remove", "1", "--yes")).code).toBe(0);
  await until(() => back.closed);
  expect(back.closed).toMatchObject({ code: 4002 });
  expect(await json("accounts")).toEqual([]);
  expect(await says("suspend", "1")).toEqual({
    code: 1,
    output: "yanshu: there is no account of this number: see `accounts`\n",
  });
  await end(started);
}, 120_000);

test("[TE15] [DS144] status says how the server is, why it refused, and nothing of anybody", async () => {
  const { started, port, says, json } = await home("status");
  const ann = new Person("ann");
  const { link } = (await json("invite")) as { link: string };
  await comes(port, link, ann);
  await comes(port, link, new Person("ben"));
  const found = (await json("status")) as { counts: Record<string, number> };
  expect(found).toMatchObject({
    domain: "yan.example",
    isReady: true,
    refusals: { "invite-used-up": 1 },
    counts: { accounts: 1, cameInvited: 1, cameByMembers: 0 },
  });
  const { code, output } = await says("status");
  expect([code, output]).toEqual([0, expect.stringContaining("yan.example: ready")]);
  expect(output).toContain("invite-used-up 1");
  for (const id of [ann.account, ann.phone.id, ann.phone.keys.publicKey])
    for (const text of [toBase64Url(id), Buffer.from(id).toString("hex")]) expect(output).not.toContain(text);
  expect(await says("status", "--ready")).toEqual({ code: 0, output: "ready\n" });
  await end(started);
  expect(await says("status", "--ready")).toEqual({ code: 1, output: "not ready: not running\n" });
  expect((await says("status")).code).toBe(1);
}, 120_000);

test("[TE13] a command that is called wrongly says how, and does nothing", async () => {
  const data = join(folder, "wrong");
  mkdirSync(data);
  for (const [args, said] of [
    [["invite", "--people", "many"], '--people is "many", but must be a whole number'],
    [["invite", "--people", "2", "--open"], "--open is for as many as come"],
    [["invite", "--hours", "2", "--days", "2"], "--hours or --days, not both"],
    [["invite", "everybody"], "invite does not know everybody"],
    [["invite", "end"], "which one? Its number is missing"],
    [["suspend"], "which one? Its number is missing"],
    [["suspend", "ann"], 'the number is "ann"'],
    [["accounts", "1"], 'what is "1" for?'],
    [["status", "--loud"], "unknown option --loud"],
    [["accounts"], "holds no server: see --data"],
    [["suspend", "1"], "holds no server: see --data"],
  ] as const) {
    const { code, output } = await ran(...args, "--data", data);
    expect([args, code, output.includes(said)]).toEqual([args, 1, true]);
    expect(output.trimEnd().split("\n")).toHaveLength(1);
  }
  expect((await ran("status", "--data", join(folder, "nowhere"))).output).toContain("holds no server: see --data");
  expect(existsSync(join(folder, "nowhere"))).toBe(false);
}, 120_000);

test("[TE13] [DS24] limits tells each limit as the running server has it, and by which option", async () => {
  const { started, says, json } = await home("limits", "--sockets-per-place", "400", "--registrations-per-member=5");
  const all = (await json("limits")) as { name: string; now: number; usually: number }[];
  const named = Object.fromEntries(all.map(({ name, now, usually }) => [name, [now, usually]]));
  expect(named).toMatchObject({
    "sockets-per-place": [400, defaultConfig.socketsMax.prefix],
    "registrations-per-member": [5, 20],
    "new-vault-megabytes": [128, 128],
    "vault-megabytes": [1_024, 1_024],
  });
  const { output } = await says("limits");
  for (const name of Object.keys(limitOptions)) expect(output).toContain(`--${name} `);
  await end(started);
}, 120_000);

test("[DS147] check finds what is wrong, says what to do, and changes nothing", async () => {
  const { data, started, says, json } = await home("checked");
  const states = async (...args: string[]) => {
    const found = (await json("check", ...args)) as { what: string; state: string }[];
    return Object.fromEntries(found.map(({ what, state }) => [what, state]));
  };
  expect(await states()).toMatchObject({ server: "well", folder: "well", database: "well", secrets: "well" });
  expect(await states("--backups", join(folder, "none"))).toMatchObject({ backups: "fault" });
  const copies = join(folder, "checked-copies");
  expect((await ran("backup", "--data", data, "--to", copies, "--keep", "3")).code).toBe(0);
  expect(await states("--backups", copies)).toMatchObject({ backups: "well" });
  await end(started);
  expect(await states()).toMatchObject({ server: "note" });
  chmodSync(join(data, "yanshu.db"), 0o644);
  expect(await states()).toMatchObject({ folder: "well" });
  chmodSync(data, 0o755);
  writeFileSync(join(data, "registration-token"), "nonsense\n");
  expect(await states()).toMatchObject({ folder: "fault", secrets: "fault", database: "well" });
  const bytes = readFileSync(join(data, "yanshu.db"));
  for (let page = 2; page < bytes.length / 4_096; page++) bytes.fill(0xff, page * 4_096, page * 4_096 + 64);
  writeFileSync(join(data, "yanshu.db"), bytes);
  expect((await says("check")).code).toBe(1);
  expect(await states()).toMatchObject({ database: "fault" });
  expect(readFileSync(join(data, "yanshu.db")).equals(bytes)).toBe(true);
}, 120_000);

test("[DS145] the control socket is its user's alone, goes with the server, and one that was killed leaves nothing in the way", async () => {
  const { data, started } = await home("socket");
  const path = join(data, controlFile);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await askControl(data, "nonsense", {})).toMatchObject({ ok: false });
  const raw = await fetch("http://server/status", { unix: path, method: "POST", body: "not json" });
  expect(await raw.json()).toEqual({ ok: false, why: "not a command" });
  started.child.kill("SIGKILL");
  await started.ended;
  expect(existsSync(path)).toBe(true);
  expect(await askControl(data, "ready", {})).toBeUndefined();
  const next = await home("socket");
  expect(await askControl(data, "ready", {})).toEqual({ ok: true, value: { isReady: true, why: "" } });
  await end(next.started);
  expect(existsSync(path)).toBe(false);
}, 120_000);

test("[DS145] an act that throws is an answer, and ends nothing", async () => {
  const acts = {
    breaks: () => {
      throw new TypeError("secret of ours");
    },
  };
  expect(await answerTo(acts, "breaks", {})).toEqual({ ok: false, why: "the server could not do it (TypeError)" });
  expect(await answerTo(acts, "toString", {})).toMatchObject({ ok: false });
});

test.skipIf(!hasPostgres)(
  "[DS146] the bill of a database that several share, and a code that is rotated at one of them",
  async () => {
    const cluster = await PostgresCluster.begin();
    const log = cluster.database();
    const [one, two] = [await home("pg-one", "--log", log), await home("pg-two", "--log", log)];
    const ask = async (at: typeof one, ...args: string[]) =>
      JSON.parse((await ran(...args, "--json", "--data", at.data, "--log", log)).output) as { link: string };
    const old = await ask(one, "invite", "standing");
    expect(await comes(two.port, old.link, new Person("ann"))).toBe("in");
    const renewed = await ask(one, "invite", "rotate", "standing");
    expect(await comes(two.port, old.link, new Person("ben"))).toBe("bad-token");
    expect(await comes(two.port, renewed.link, new Person("ben"))).toBe("in");
    const phone = new Socket(two.port);
    await phone.signIn(new Person("ben"), 0);
    await ask(one, "suspend", "2");
    await until(() => phone.closed);
    expect(await postgresBill(log)).toMatchObject([
      { number: 1, devices: 1, isSuspended: false },
      { number: 2, devices: 1, isSuspended: true },
    ]);
    await expect(new Socket(two.port).signIn(new Person("ben"), 1)).rejects.toThrow("suspended");
    await Promise.all([end(one.started), end(two.started)]);
    cluster.end();
  },
  180_000,
);

test("[TE15] [DS198] status says what is wrong, and what is not known, in words", () => {
  const { counts } = {
    counts: { accounts: null, devices: null, bytes: null, tight: 1, failedWrites: 3, commitFailures: 1, faults: 2 },
  };
  const rest = {
    signedIn: 1,
    posts: 5,
    pushes: 5,
    outstanding: 0,
    blobs: 0,
    blobBytes: 0,
    holes: 0,
    holeBytes: 0,
    holeRoom: 1_024,
    rssBytes: 5,
    remakeLackingBytes: 5 * 1_024 ** 2,
    cpuMs: 5,
  };
  const status = {
    domain: "yan.example",
    isReady: false,
    why: "no room",
    upMs: 60_000,
    freeBytes: 0,
    certificateEnds: "2027-01-01",
    counts: { ...counts, ...rest, slowReaders: 0, cameInvited: 0, cameByStanding: 0, cameByMembers: 0 },
    refusals: { "storage-full": 7 },
  };
  const said = statusText(JSON.parse(JSON.stringify(status)) as Status); // As it comes from the server.
  expect(said).toContain("yan.example: NOT READY: no room");
  expect(said).toContain("unknown accounts, unknown devices");
  const trouble = [
    "NO ROOM: nothing is taken that makes the disk fuller",
    "TRACES of what was deleted stay: 5.0 MiB more room is needed",
    "3 writes found no room",
    "1 transaction failed",
  ];
  expect(said).toContain(trouble.join(`\n${" ".repeat("certificate  ".length)}`));
  expect(said).toContain("2 faults of the server's own");
  expect(said).toContain("storage-full 7");
  expect(said).toContain("until 2027-01-01");
});

test("[TE15] status of a large and troubled home fits a terminal of 80 columns", async () => {
  const { started, json } = await home("columns");
  const found = (await json("status")) as Known;
  await end(started);
  const many = Object.fromEntries(Object.keys(found.counts).map((name) => [name, 123_456]));
  const large = { bytes: 9e11, blobBytes: 9e11, holeBytes: 9e11, holeRoom: 9.9e11, rssBytes: 9e9, tight: 1 };
  const refusals = Object.fromEntries(
    ["rate-limited", "storage-full", "stale-epoch", "not-found"].map((one) => [one, 12_345]),
  );
  const status = { ...found, freeBytes: 9e11, certificateEnds: "2027-01-01", refusals };
  const lines = statusText({ ...status, counts: { ...found.counts, ...many, ...large } }).split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.length).toBeGreaterThan(20);
}, 60_000);

test("[DS186] status says that the database is damaged, and how long the server did nothing else", async () => {
  const { started, says, json } = await home("delays");
  const found = (await json("status")) as Known;
  expect(found.counts).toMatchObject({ damage: 0, eventLoopDelayP99Ms: expect.any(Number) });
  expect((await says("status")).output).toMatch(
    /^waits +[\d,]+ ms at most, [\d,]+ ms of 99 in 100, within the last minute$/m,
  );
  await end(started);
  const slow = { ...found.counts, damage: 2, eventLoopDelayP99Ms: 412.3, eventLoopDelayMaxMs: 1_900 };
  const said = statusText({ ...found, counts: slow });
  expect(said).toContain("THE DATABASE IS DAMAGED (2 faults): see `check`");
  expect(said).toContain("1,900 ms at most, 412 ms of 99 in 100, within the last minute");
  expect(said).toContain("it is slow: others wait 412 ms");
  expect(statusText({ ...found, counts: { ...slow, damage: 0, eventLoopDelayP99Ms: 40 } })).toMatch(/^trouble +none$/m);
}, 60_000);

test("[DS186] [DS82] status says that the server was told to end, and one that was told to begin beside it ends with a sentence", async () => {
  const { data, started, port, says } = await home("going", "--drain-seconds", "60");
  const second = await ran("--port", "0", "--data", data);
  expect([second.code, second.output]).toEqual([1, expect.stringContaining(`(process ${started.child.pid})`)]);
  expect((await says("status")).output).toContain("yan.example: ready");
  const sockets = Array.from({ length: 20 }, () => new Socket(port)); // Whose turns come one after another.
  for (const socket of sockets) await socket.open();
  started.child.kill("SIGTERM");
  const output = await until(async () => {
    const { output } = await says("status");
    return output.includes("NOT READY") ? output : undefined;
  });
  expect(output).toContain("yan.example: NOT READY: going");
  started.child.kill("SIGINT");
  expect(await started.ended).toBe(0);
}, 120_000);

test("[MO40] status tells when holes of Moments take half of their room", async () => {
  const { started, says, json } = await home("holes");
  const found = (await json("status")) as Known;
  expect(found.counts).toMatchObject({ holeBytes: 0, holeRoom: 4 * 1024 ** 3 });
  expect((await says("status")).output).toContain("0 holes of 0 B (room for 4.0 GiB)");
  await end(started);
  const counts = { ...found.counts, eventLoopDelayP99Ms: 0 };
  const trouble = (holeBytes: number) =>
    /^trouble +(.*)$/m.exec(statusText({ ...found, counts: { ...counts, holeBytes } }))?.[1];
  expect(trouble(2 * 1024 ** 3 - 1)).toBe("none");
  expect(trouble(2 * 1024 ** 3)).toBe("holes of Moments take 50 % of their room (--moments-gib)");
  expect(trouble(3.2 * 1024 ** 3)).toContain("take 80 % of their room");
}, 60_000);

test("[TE15] help, limits and check fit a terminal of 80 columns, with nothing left out", async () => {
  const { data, started, port, says, json } = await home("narrow", "--sockets-per-place", "1234567");
  const isWide = (line: string) => line.length > 80;
  const asOne = (text: string) => text.replace(/\s+/g, " ");
  const help = (await ran("--help")).output;
  expect(help.split("\n").filter(isWide)).toEqual([]);
  for (const { help: said } of Object.values(limitOptions)) expect(asOne(help)).toContain(asOne(said));
  for (const [usage, said] of [...operatorHelp, ...backupHelp]) {
    expect(help).toContain(`\n  ${usage}`);
    expect(asOne(help)).toContain(said);
  }
  const limits = (await says("limits")).output;
  expect(limits.split("\n").filter(isWide)).toEqual([]);
  for (const { help: said } of (await json("limits")) as { help: string }[]) expect(asOne(limits)).toContain(said);
  const ann = new Person("ann");
  const { link } = (await json("invite")) as { link: string };
  await comes(port, link, ann);
  const [{ number } = { number: 0 }] = (await json("accounts")) as { number: number }[];
  for (const args of [["accounts"], ["suspend", `${number}`]]) {
    const { code, output } = await says(...args);
    expect([args, code, output.split("\n").filter(isWide)]).toEqual([args, 0, []]);
  }
  await end(started);
  writeFileSync(join(data, "registration-token"), "nonsense\n");
  chmodSync(data, 0o755);
  chmodSync(join(data, "yanshu.db"), 0o644);
  chmodSync(join(data, "registration-token"), 0o644);
  const checked = (await says("check")).output;
  const findings = (await json("check")) as { state: string; said: string }[];
  expect(findings.filter(({ state }) => state === "fault").length).toBeGreaterThan(1);
  // A path is not broken: a person copies it.
  expect(checked.split("\n").filter((line) => isWide(line) && /\S \S/.test(line.trim()))).toEqual([]);
  for (const { said } of findings) expect(asOne(checked)).toContain(said);
}, 120_000);

test("[TE15] a last cell that is long goes on below, and a word that is longer than the line stays whole", () => {
  const path = `/${"a".repeat(90)}`;
  expect(table(["what", "found"], [["folder", `others can read ${path}: mend it now`]])).toBe(
    `what    found\nfolder  others can read\n        ${path}:\n        mend it now`,
  );
});

test("[TE15] figures are said as a person reads them", () => {
  expect([0, 900, 1_500, 5 * 1024 ** 2, 300 * 1024 ** 3].map(sized)).toEqual([
    "0 B",
    "900 B",
    "1.5 KiB",
    "5.0 MiB",
    "300 GiB",
  ]);
  expect([0, 60_000, 7_200_000, 90_060_000, 3 * 86_400_000 + 60_000].map(lasting)).toEqual([
    "less than a minute",
    "1 minute",
    "2 hours",
    "1 day 1 hour",
    "3 days",
  ]);
  expect([counted(1, "file"), counted(1_200, "file")]).toEqual(["1 file", "1,200 files"]);
  expect(
    table(
      ["number", "state"],
      [
        ["1", ""],
        ["12", "suspended"],
      ],
    ),
  ).toBe("number  state\n     1\n    12  suspended");
});
