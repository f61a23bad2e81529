/**
 * No work before a cheap refusal (docs/spec/delivery.md DS130): what was read, written and computed is counted, and for
 * every call and every sort of post that there is. A new call without a line here does not compile.
 */
import { expect, test } from "bun:test";
import {
  blindToken,
  type CallArgs,
  type CallName,
  calls,
  encodeCall,
  encodeParts,
  encodePost,
  monthOf,
  type PostHeader,
  type UploadToken,
} from "@yanshu/wire";
import { memoryBlobStore } from "../blobs/memory.ts";
import type { ServerConfig } from "../core/config.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayOf } from "../core/rate.ts";
import type { Log } from "../log/feature-tables.ts";
import { Author, filmFrom } from "../testkit/author.ts";
import type { Client } from "../testkit/client.ts";
import { Group } from "../testkit/group.ts";
import { signerFrom } from "../testkit/keys.ts";
import { Device, Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer, token } from "../testkit/test-server.ts";
import { drawTokens } from "../testkit/tokens.ts";

const filled = (value: number, length = 16) => new Uint8Array(length).fill(value);
const names = Object.keys(calls) as CallName[];
const modes: readonly PostHeader["mode"][] = ["deposit", "application", "commit", "create"];

/** What a server did since it was last looked at. */
class Meter {
  readonly done: Record<string, number> = {};

  count(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }

  forget(): void {
    for (const what of Object.keys(this.done)) delete this.done[what];
  }

  get verified(): number {
    return this.done["verify"] ?? 0;
  }

  /** Every method of every part of the log counts. */
  readonly watch = (log: Log): Log => this.watched(log, "log");

  private watched<T extends object>(part: T, name: string): T {
    return new Proxy(part, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value === "function")
          return (...args: unknown[]) => {
            this.count(`${name}.${String(key)}`);
            return (value as (...all: unknown[]) => unknown).apply(target, args);
          };
        const isPart =
          typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value);
        return isPart ? this.watched(value, `${name}.${String(key)}`) : value;
      },
    });
  }
}

function measured(config: Partial<ServerConfig> = {}) {
  const meter = new Meter();
  const home = new TestServer({
    blobs: memoryBlobStore(filled(5, 32)),
    config,
    between: (ports) => ({
      ...ports,
      log: meter.watch(ports.log),
      pause: async () => meter.count("a token, or a step"),
      primitives: {
        sha256: (data) => nodePrimitives.sha256(data),
        verify: (...args) => {
          meter.count("verify");
          return nodePrimitives.verify(...args);
        },
      },
    }),
  });
  return { home, meter };
}

test("[DS131] upload tokens are drawn one call after another, in turn by account, and others are served in between", async () => {
  const paused: (() => void)[] = [];
  const pause = () => new Promise<void>((resolve) => void paused.push(resolve));
  const home = new TestServer({ blobs: memoryBlobStore(filled(5, 32)), between: (ports) => ({ ...ports, pause }) });
  const [ann, ben] = [
    await (await home.person("ann")).phone.signIn(home),
    await (await home.person("ben")).phone.signIn(home),
  ];
  const { epoch } = await (await home.client()).call("blobTerms", {});
  const draw = (client: Client, request: number) => {
    const blinded = [blindToken(home.random).blinded];
    client.send(encodeCall(request, "blobTokens", { epoch, blinded }));
  };
  for (let n = 0; n < 9; n++) draw(ann, 900 + n);
  draw(ben, 900);
  const answered = () => [ann, ben].map((client) => [...Array(9).keys()].map((n) => client.answered(900 + n)?.type));
  const drawn = () => answered().map((types) => types.filter((type) => type === "result").length);
  await home.clock.pass(5);
  // One is at work, four wait, and the rest may come again.
  expect(answered()[0]?.slice(5)).toEqual(["error", "error", "error", "error"]);
  expect(drawn()).toEqual([1, 0]);
  await ben.call("vaultState", {});
  const steps: (readonly number[])[] = [];
  for (let step = 0; step < 5; step++) {
    paused.shift()?.();
    await home.clock.pass(5);
    steps.push(drawn());
  }
  expect(steps.map(([anns = 0, bens = 0]) => anns + bens)).toEqual([2, 3, 4, 5, 6]);
  expect(steps[1]?.[1]).toBe(1); // Ben waited for one of hers, not for all.
});

/** A call of this name whose arguments nobody can decode: a reader of them says that it is malformed. */
function garbled(name: string, request: number): Uint8Array {
  const label = new TextEncoder().encode(name);
  return Uint8Array.of(1, 0, 0, 0, request, label.length, ...label, 0xff, 0xff, 0xff);
}

function garbledPost(mode: PostHeader["mode"], request: number): Uint8Array {
  return Uint8Array.of(0x10, 0, 0, 0, request, modes.indexOf(mode), 0xff);
}

async function answersTo(home: TestServer, client: Client, frame: Uint8Array): Promise<unknown> {
  client.send(frame);
  await home.clock.pass(2);
  return client.errors.at(-1)?.code;
}

test("[DS130] before its hello nothing of a connection is decoded, read or computed, whatever it asks", async () => {
  const { home, meter } = measured();
  await home.clock.pass(100);
  meter.forget();
  const client = home.socket();
  for (const name of names.filter((name) => name !== "hello"))
    expect([name, await answersTo(home, client, garbled(name, 7))]).toEqual([name, "hello-first"]);
  for (const mode of modes) expect(await answersTo(home, client, garbledPost(mode, 8))).toBe("hello-first");
  expect(meter.done).toEqual({});
});

test("[DS130] a call or a post that belongs on another sort of connection is refused by its name alone", async () => {
  const { home, meter } = measured();
  const phone = await (await home.person("ann")).phone.signIn(home);
  const caller = await home.client();
  await home.clock.pass(100);
  meter.forget();
  for (const name of names.filter((name) => calls[name].who === "anonymous"))
    expect([name, await answersTo(home, phone, garbled(name, 7))]).toEqual([name, "signed-in-connection"]);
  for (const name of names.filter((name) => calls[name].who === "signed-in"))
    expect([name, await answersTo(home, caller, garbled(name, 7))]).toEqual([name, "not-signed-in"]);
  for (const mode of modes) expect(await answersTo(home, phone, garbledPost(mode, 8))).toBe("signed-in-connection");
  expect(meter.done).toEqual({});
});

test("[DS130] what is too often is refused before it is decoded, by connection and by place, and so is a large frame that nobody paid for", async () => {
  const { home, meter } = measured({
    callsPerMinute: { connection: 5, prefix: 7 },
    postsPerMinute: { address: 600, list: 600, connection: 2, prefix: 3 },
  });
  await home.clock.pass(100);
  const [one, other] = [await home.client("192.0.2.1"), await home.client("192.0.2.1")];
  for (let i = 0; i < 4; i++) await one.call("hello", { versions: [1] });
  await other.call("hello", { versions: [1] });
  for (const caller of [one, one, other]) await answersTo(home, caller, garbledPost("deposit", 1));
  const large = encodePost(
    9,
    { mode: "deposit" },
    encodeParts([{ target: { kind: "address", address: filled(1) }, envelope: filled(1, 30_000) }]),
  );
  meter.forget();
  for (const caller of [one, other]) {
    for (const name of names)
      expect([name, await answersTo(home, caller, garbled(name, 7))]).toEqual([name, "rate-limited"]);
    for (const mode of modes) expect(await answersTo(home, caller, garbledPost(mode, 8))).toBe("rate-limited");
    expect(await answersTo(home, caller, large)).toBe("unpaid");
  }
  expect(meter.done).toEqual({});
});

/** What a call may have to compute before it is answered. */
const dear = {
  hello: "nothing",
  register: "verify",
  deleteAccount: "nothing",
  signIn: "verify",
  appendEntries: "verify",
  ownEntries: "nothing",
  addresses: "nothing",
  keyPackages: "nothing",
  capabilities: "nothing",
  claim: "nothing",
  pushKey: "nothing",
  pushSubscribe: "nothing",
  pushUnsubscribe: "nothing",
  pushWaking: "nothing",
  pushTest: "nothing",
  uploadList: "nothing",
  listed: "nothing",
  rendezvous: "nothing",
  blobTerms: "nothing",
  pay: "token",
  blobTokens: "token",
  setHandle: "nothing",
  findHandle: "token",
  rootEntries: "verify",
  keepPasskey: "verify",
  findPasskey: "nothing",
  passkeyState: "nothing",
  keepFamily: "verify",
  askFamily: "nothing",
  familyState: "nothing",
  stopFamily: "nothing",
  keepRecord: "nothing",
  readRecord: "nothing",
  vaultState: "nothing",
  vaultSwitch: "steps",
  vaultAppend: "nothing",
  vaultRead: "nothing",
  vaultRewrite: "nothing",
  putHoles: "token",
  lookHoles: "steps",
  readHoles: "steps",
  clearHoles: "steps",
  channelTerms: "steps",
  channelOpen: "token",
  channelAppend: "token",
  channelAt: "nothing",
  filmBegin: "token",
  filmChunks: "nothing",
  channelMark: "token",
  channelMarks: "steps",
  arrive: "verify",
  sayHome: "verify",
  homeState: "nothing",
  settle: "verify",
  findHome: "nothing",
  meetingPlaces: "nothing",
  reserveOffered: "nothing",
  homeMoves: "nothing",
  putSlip: "nothing",
  readSlips: "nothing",
  uploadFarList: "nothing",
  peerStates: "nothing",
  filePart: "nothing",
  leave: "nothing",
  stopLeaving: "nothing",
  leaveNow: "verify",
  everythingCounts: "steps",
  everything: "nothing",
} as const satisfies Record<CallName, "nothing" | "verify" | "token" | "steps">;

type Dear = { [N in CallName]: (typeof dear)[N] extends "verify" | "token" ? N : never }[CallName];

/** For each call that verifies or computes: what refuses it by looking. */
type Case = { readonly code: string; readonly ask: (caller: Client) => Promise<unknown> };

test("[DS130] no signature is checked and no token computed on where something cheaper says no, for every call that would", async () => {
  // Who proves a root is counted by place first: whether there is such an account is told to nobody but its root.
  const { home, meter } = measured({ restoresPerHour: { prefix: 0 } });
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const [spent, good] = (await drawTokens(await home.client(), phone, 2)) as [UploadToken, UploadToken];
  await (await home.client()).call("pay", { token: spent });
  const eve = new Person("eve");
  const stranger = new Device(ann, "never listed");
  const signature = filled(1, 64);
  const pair = { current: filled(1), next: filled(2) };
  const call =
    <N extends CallName>(name: N, args: CallArgs<N>) =>
    (caller: Client) =>
      caller.call(name, args);
  const hole = { secret: filled(1, 32), value: filled(2, 96) };
  const author = new Author("ann");
  const [opened, more] = [author.profile("ann"), author.profile("Ann")];
  const film = filmFrom(filled(1, 500));
  const begin = { film: film.ref.hash, bytes: 500, list: film.list };
  const like = {
    entry: opened.hash,
    what: "like",
    isOn: true,
    mark: { input: filled(1, 32), output: filled(2, 64) },
  } as const;
  const cases: Record<Dear, readonly Case[]> = {
    register: [
      {
        code: "bad-token",
        ask: call("register", { token: filled(9), inception: eve.inception, entry: eve.entries[0] as Uint8Array }),
      },
      {
        code: "list-conflict",
        ask: call("register", { token, inception: ann.inception, entry: eve.entries[0] as Uint8Array }),
      },
    ],
    signIn: [
      {
        code: "malformed",
        ask: call("signIn", {
          account: ann.account,
          device: ann.phone.id,
          current: filled(1),
          next: filled(1),
          signature,
        }),
      },
      {
        code: "unknown-account",
        ask: call("signIn", { account: eve.account, device: ann.phone.id, ...pair, signature }),
      },
      {
        code: "unknown-device",
        ask: call("signIn", { account: ann.account, device: stranger.id, ...pair, signature }),
      },
    ],
    appendEntries: [
      { code: "unknown-account", ask: call("appendEntries", { account: eve.account, entries: [filled(1, 300)] }) },
      {
        code: "not-signed-in",
        ask: call("appendEntries", {
          account: ann.account,
          entries: Array.from({ length: 20 }, () => ann.entryOf([ann.phone], ann.phone.keys)),
        }),
      },
    ],
    rootEntries: [{ code: "rate-limited", ask: call("rootEntries", { rootKey: eve.root.publicKey, signature }) }],
    keepPasskey: [
      {
        code: "rate-limited",
        ask: call("keepPasskey", { account: eve.account, tag: filled(1, 32), wrap: filled(1, 61), signature }),
      },
    ],
    keepFamily: [{ code: "rate-limited", ask: call("keepFamily", { account: eve.account, signature }) }],
    arrive: [
      {
        code: "bad-token",
        ask: call("arrive", {
          token: filled(9),
          history: { inception: eve.inception, entries: eve.entries },
          key: filled(1, 32),
          signature,
        }),
      },
      {
        code: "list-conflict",
        ask: call("arrive", {
          token,
          history: { inception: ann.inception, entries: eve.entries },
          key: filled(1, 32),
          signature,
        }),
      },
    ],
    sayHome: [{ code: "bad-entry", ask: () => phone.call("sayHome", { record: filled(1, 300) }) }],
    settle: [{ code: "bad-entry", ask: () => phone.call("settle", { record: filled(1, 300) }) }],
    leaveNow: [{ code: "rate-limited", ask: call("leaveNow", { account: eve.account, signature }) }],
    pay: [
      { code: "bad-token", ask: call("pay", { token: spent }) },
      { code: "bad-token", ask: call("pay", { token: { ...good, epoch: good.epoch - 2 } }) },
    ],
    findHandle: [
      { code: "bad-token", ask: call("findHandle", { tag: filled(1, 32), tokens: [good] }) },
      { code: "bad-token", ask: call("findHandle", { tag: filled(1, 32), tokens: [good, good, good, good] }) },
    ],
    putHoles: [
      { code: "bad-token", ask: call("putHoles", { tokens: [good, good], days: 30, holes: [hole] }) },
      { code: "bad-token", ask: call("putHoles", { tokens: [spent], days: 30, holes: [hole] }) },
      { code: "malformed", ask: call("putHoles", { tokens: [good], days: 30, holes: [hole, hole] }) },
    ],
    channelOpen: [
      { code: "malformed", ask: call("channelOpen", { tokens: [good], entry: more.bytes }) },
      { code: "bad-token", ask: call("channelOpen", { tokens: [good], entry: opened.bytes }) },
    ],
    channelAppend: [
      { code: "malformed", ask: call("channelAppend", { tokens: [good], entries: [] }) },
      { code: "unknown-list", ask: call("channelAppend", { tokens: [good], entries: [more.bytes] }) },
    ],
    filmBegin: [
      { code: "malformed", ask: call("filmBegin", { ...begin, film: filled(3, 32), tokens: [good] }) },
      { code: "bad-token", ask: call("filmBegin", { ...begin, tokens: [good, good] }) },
    ],
    channelMark: [
      { code: "bad-token", ask: call("channelMark", { ...like, month: 1 }) },
      { code: "unknown-list", ask: call("channelMark", { ...like, month: monthOf(dayOf(home.clock.nowMs())) }) },
    ],
    blobTokens: [
      { code: "stale-epoch", ask: () => phone.call("blobTokens", { epoch: 1, blinded: [filled(1, 32)] }) },
      { code: "malformed", ask: () => phone.call("blobTokens", { epoch: good.epoch, blinded: [] }) },
    ],
  };
  for (const [name, some] of Object.entries(cases))
    for (const { code, ask } of some) {
      const caller = await home.client("192.0.2.1");
      await home.clock.pass(50);
      meter.forget();
      expect([name, await refusal(ask(caller))]).toEqual([name, code]);
      expect([name, meter.done["verify"], meter.done["a token, or a step"]]).toEqual([name, undefined, undefined]);
    }
});

test("[DS130] a post that its gate refuses by looking is not verified, and one to whom too much comes is not looked up", async () => {
  const { home, meter } = measured({ postsPerMinute: { address: 600, list: 3, connection: 6_000, prefix: 6_000 } });
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const address = await ann.phone.address(phone);
  const caller = await home.client();
  const group = new Group("dinner");
  await group.found(caller, [address]);
  const parts = group.parts("hello");
  const stale = group.commit(parts, 7);
  const elsewhere = new Group("nowhere");
  elsewhere.list = group.list;
  const wrongGate = { ...elsewhere.create(parts), foundingKey: signerFrom("somebody else").publicKey };
  const cases: readonly (readonly [string, PostHeader])[] = [
    ["stale-epoch", stale],
    ["unknown-gate", elsewhere.commit(parts, 1)],
    ["bad-signature", wrongGate],
    ["gate-exists", group.create(parts)],
    ["bad-post-token", { ...group.application(), token: filled(9) } as PostHeader],
  ];
  for (const [code, header] of cases) {
    meter.forget();
    expect([code, await refusal(caller.post(header, parts))]).toEqual([code, code]);
    expect([code, meter.verified]).toEqual([code, 0]);
    expect(Object.keys(meter.done).filter((what) => what.includes("address"))).toEqual([]);
  }
  await group.say(caller, "one");
  await group.say(caller, "two");
  const many = [
    ...group.parts("three"),
    ...Array.from({ length: 200 }, (_, i) => ({
      target: { kind: "address" as const, address: filled(i) },
      envelope: filled(1),
    })),
  ];
  meter.forget();
  expect(await refusal(caller.post(group.application(), many))).toBe("rate-limited");
  expect(Object.keys(meter.done).filter((what) => what.includes("address"))).toEqual([]);
});
