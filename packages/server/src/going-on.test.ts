/**
 * Going on: an exception in any call, timer or driver ends what it concerns and no more (docs/spec/delivery.md DS110).
 * What is tried is not listed here: it is all that a life of people at a server touches, found by a first life in which
 * nothing fails.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Bytes,
  blindToken,
  blobCopy,
  blobCreate,
  type CallName,
  type Cell,
  calls,
  capabilityHashOf,
  encodeAs,
  encodeRow,
  finishTokens,
  leaveProofBytes,
  limits,
  monthOf,
  publicLimits,
  rootProofBytes,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import { memoryBlobStore } from "./blobs/memory.ts";
import type { Faults } from "./core/faults.ts";
import { nodePrimitives } from "./core/node-crypto.ts";
import { dayMs, hourMs, minuteMs } from "./core/rate.ts";
import { CallRouter } from "./gateway/call-router.ts";
import { allFeatures, type Log } from "./log/feature-tables.ts";
import { Author, filmFrom } from "./testkit/author.ts";
import { type Client, Refused } from "./testkit/client.ts";
import { ManualClock } from "./testkit/clock.ts";
import { keepFamily } from "./testkit/family.ts";
import { marked } from "./testkit/fill.ts";
import { Group } from "./testkit/group.ts";
import { arrive, homeRecord } from "./testkit/homes.ts";
import { signerFrom } from "./testkit/keys.ts";
import { keepPasskey } from "./testkit/passkey.ts";
import type { Device, Person } from "./testkit/person.ts";
import { PostgresInside } from "./testkit/pglite.ts";
import { refusal } from "./testkit/refusal.ts";
import { TestServer, token } from "./testkit/test-server.ts";
import { secretOfFault, Tripwire } from "./testkit/tripwire.ts";
import { localWakes } from "./wake/local.ts";

const { sha256 } = nodePrimitives;

/** A server with a tripwire around it, and what its operator was told. */
class Place {
  readonly home: TestServer;
  readonly faults: Faults;
  readonly told: string[] = [];
  readonly wire: Tripwire;

  constructor(wire: Tripwire, over?: Log) {
    this.wire = wire;
    this.faults = wire.guarding((line) => this.told.push(line));
    const push = {
      publicKey: new Uint8Array(65),
      allows: () => true,
      send: async () => "sent" as const,
    };
    this.home = withCalls(wire, () => {
      const blobs = memoryBlobStore(new Uint8Array(32).fill(9));
      return new TestServer({
        clock: new ManualClock(),
        blobs,
        push,
        wake: localWakes()(),
        faults: this.faults,
        config: { topicFrom: 1 },
        ...(over && { over }),
        between: (ports) => ({
          ...ports,
          log: wire.around("log", ports.log),
          ...(ports.blobs && { blobs: wire.around("blobs", ports.blobs) }),
          ...(ports.push && { push: wire.around("push", ports.push) }),
          ...(ports.wake && { wake: wire.around("wake", ports.wake) }),
          fanout: wire.around("fanout", ports.fanout),
          primitives: wire.around("primitives", ports.primitives),
          random: wire.calling("random", ports.random as never) as typeof ports.random,
          clock: wire.timers(ports.clock),
        }),
      });
    });
    const { server } = this.home;
    this.home.server = {
      ...server,
      connect: (sink, prefix) => server.connect(wire.around("socket", sink), prefix),
    };
  }
}

/** The handler of each call is behind the tripwire too. */
function withCalls<T>(wire: Tripwire, make: () => T): T {
  const router = CallRouter.prototype as unknown as { handling: () => object };
  const { handling } = router;
  router.handling = function (this: CallRouter) {
    return wire.around("call", handling.call(this));
  };
  try {
    return make();
  } finally {
    router.handling = handling;
  }
}

type Actors = {
  readonly place: Place;
  readonly home: TestServer;
  readonly ann: Person;
  readonly ben: Person;
  readonly tokens: readonly UploadToken[];
  readonly capability: Bytes;
  readonly annsAddress: Bytes;
  readonly bensAddress: Bytes;
  readonly group: Group;
};

/** What was posted and answered `ok`, and what of it Ben read and acknowledged meanwhile. */
type Said = { readonly said: readonly string[]; readonly read: readonly string[] };

/** The same in all lives, since to blind so many takes long. */
const blindedMarks = Array.from(
  { length: publicLimits.buckets },
  () => blindToken((length) => crypto.getRandomValues(new Uint8Array(length))).blinded,
);

/** Its socket, signed in as Ann's phone unless it is anonymous. */
type Asking = (client: Client, actors: Actors) => Promise<unknown>;

/** Answered once all that was kept is gone, and so perhaps later than anybody waits here. */
async function unhurried(home: TestServer, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refused) throw error;
    await home.clock.pass(minuteMs);
  }
}

/** Each call that there is, as somebody may ask for it: one that is added and not here does not compile. */
const everyCall: { readonly [N in CallName]: Asking } = {
  hello: (client) => client.call("hello", { versions: [1] }),
  register: (client) => {
    const person = signerFrom("nobody");
    return client.call("register", { token, inception: marked("no inception", 40), entry: person.publicKey });
  },
  deleteAccount: async (_client, { home }) => {
    const person = await home.person("zoe");
    await unhurried(home, (await person.phone.signIn(home)).call("deleteAccount", {}));
  },
  signIn: async (_client, { home, ann }) => {
    const { current } = ann.phone;
    return ann.phone.signIn(home, { current, next: current });
  },
  appendEntries: (client, { ann }) => client.call("appendEntries", { account: ann.account, entries: ann.entries }),
  ownEntries: (client) => client.call("ownEntries", { from: 0 }),
  addresses: (client) => client.call("addresses", { add: [marked("more", 16)], remove: [marked("never", 16)] }),
  keyPackages: (client, { home }) =>
    client.call("keyPackages", {
      add: [{ package: marked("package", 300), expiresAtMs: home.clock.nowMs() + 30 * dayMs, lastResort: true }],
      replace: true,
    }),
  capabilities: (client) => client.call("capabilities", { add: [marked("a hash")], remove: [marked("another")] }),
  claim: (client, { capability }) => client.call("claim", { capability }),
  pay: (client, { tokens }) => client.call("pay", { token: tokens[6] as UploadToken }),
  pushKey: (client) => client.call("pushKey", {}),
  pushSubscribe: (client) =>
    client.call("pushSubscribe", {
      endpoint: "https://push.example/1",
      key: new Uint8Array(limits.pushKeyBytes),
      secret: new Uint8Array(limits.pushSecretBytes),
    }),
  pushUnsubscribe: (client) => client.call("pushUnsubscribe", {}),
  pushWaking: (client, { annsAddress }) => client.call("pushWaking", { add: [annsAddress], remove: [] }),
  pushTest: (client) => client.call("pushTest", {}),
  uploadList: (client, { annsAddress, bensAddress }) =>
    client.call("uploadList", { addresses: [annsAddress, bensAddress] }),
  listed: (client, { group }) => client.call("listed", { list: group.list }),
  rendezvous: (client) => client.call("rendezvous", { address: marked("rendezvous", 16) }),
  blobTerms: (client) => client.call("blobTerms", {}),
  blobTokens: async (client, { home }) => {
    const { epoch } = await (await home.client()).call("blobTerms", {});
    return client.call("blobTokens", { epoch, blinded: [blindToken(home.random).blinded] });
  },
  setHandle: (client) =>
    client.call("setHandle", { handle: { tag: marked("tag"), record: marked("record", limits.handleRecordBytes) } }),
  findHandle: (client, { tokens }) => client.call("findHandle", { tag: marked("tag"), tokens: tokens.slice(0, 4) }),
  rootEntries: (client, { ann }) => {
    const { incarnation, nonce } = client;
    const proof = rootProofBytes({ domain: "home.example", incarnation, nonce, rootKey: ann.root.publicKey });
    return client.call("rootEntries", { rootKey: ann.root.publicKey, signature: ann.root.sign(proof) });
  },
  keepPasskey: (client, { ann }) =>
    keepPasskey(ann, client, { tag: marked("passkey"), wrap: marked("wrap", limits.passkeyWrapBytes) }),
  findPasskey: (client) => client.call("findPasskey", { tag: marked("passkey") }),
  passkeyState: (client) => client.call("passkeyState", {}),
  keepFamily: (client, { ann }) =>
    keepFamily(ann, client, { tag: marked("family"), wrap: marked("wrap", limits.familyWrapBytes) }),
  askFamily: (client) =>
    client.call("askFamily", { tag: marked("family"), request: marked("request", 16), isNew: true }),
  familyState: (client) => client.call("familyState", {}),
  stopFamily: (client) => client.call("stopFamily", { request: marked("request", 16) }),
  keepRecord: (client, { ann }) => client.call("keepRecord", { ...ann.head, record: marked("record", 2_048) }),
  readRecord: (client) => client.call("readRecord", {}),
  vaultState: (client) => client.call("vaultState", {}),
  vaultSwitch: (client, { home }) => unhurried(home, client.call("vaultSwitch", { isOn: true })),
  vaultAppend: (client) => client.call("vaultAppend", { at: 0, segment: marked("segment", 1_024) }),
  vaultRead: (client) => client.call("vaultRead", { before: 100 }),
  vaultRewrite: (client) =>
    client.call("vaultRewrite", {
      at: 0,
      was: sha256(marked("segment", 1_024)),
      segment: marked("another segment", 1_024),
    }),
  putHoles: (client, { tokens }) => {
    const holes = [{ secret: marked("hole"), value: marked("sealed", 96) }];
    return client.call("putHoles", { tokens: [tokens[7] as UploadToken], days: 30, holes });
  },
  lookHoles: (client) => client.call("lookHoles", { starts: marked("starts", 12) }),
  readHoles: (client) => client.call("readHoles", { names: marked("names", 16) }),
  clearHoles: (client) => client.call("clearHoles", { secrets: marked("hole") }),
  channelTerms: (client) => client.call("channelTerms", {}),
  channelOpen: (client, { tokens }) =>
    client.call("channelOpen", { tokens: tokens.slice(0, 4), entry: new Author("ann").profile("ann").bytes }),
  channelAppend: (client, { tokens }) => {
    const author = new Author("ann");
    const entries = [author.profile("ann"), author.profile("Ann")].map(({ bytes }) => bytes);
    return client.call("channelAppend", { tokens: tokens.slice(4, 5), entries });
  },
  channelAt: (client) => client.call("channelAt", { channel: new Author("ann").channel }),
  filmBegin: (client, { tokens }) => {
    const { ref, list } = filmFrom(marked("film", 600));
    return client.call("filmBegin", { film: ref.hash, bytes: 600, list, tokens: tokens.slice(5, 6) });
  },
  filmChunks: (client) => {
    const { ref, bytes } = filmFrom(marked("film", 600));
    return client.call("filmChunks", { film: ref.hash, at: 0, bytes });
  },
  channelMark: (client, { home }) =>
    client.call("channelMark", {
      entry: new Author("ann").profile("ann").hash,
      what: "like",
      isOn: true,
      month: monthOf(Math.floor(home.clock.nowMs() / dayMs)),
      mark: { input: marked("mark"), output: marked("output", 64) },
    }),
  channelMarks: (client, { home }) =>
    client.call("channelMarks", {
      month: monthOf(Math.floor(home.clock.nowMs() / dayMs)),
      blinded: [...blindedMarks],
    }),
  arrive: (client, { ann }) => arrive(ann, client, undefined),
  sayHome: async (client, { ann }) => client.call("sayHome", { record: await homeRecord(ann, ["home.example"]) }),
  homeState: (client) => client.call("homeState", {}),
  settle: async (client, { ann }) => client.call("settle", { record: await homeRecord(ann, ["home.example"]) }),
  meetingPlaces: (client) => client.call("meetingPlaces", {}),
  reserveOffered: (client) => client.call("reserveOffered", {}),
  homeMoves: (client) => client.call("homeMoves", {}),
  putSlip: (client) => client.call("putSlip", { tag: marked("slip", 16), box: marked("box", 400) }),
  readSlips: (client) => client.call("readSlips", { week: 0, page: 0 }),
  uploadFarList: (client) =>
    client.call("uploadFarList", { entries: [{ server: "home.example", address: marked("address", 16) }] }),
  peerStates: (client) => client.call("peerStates", { servers: ["north.example"] }),
  filePart: (client) => client.call("filePart", { id: marked("file", 16), from: 0, length: 1 }),
  findHome: (client, { capability }) => client.call("findHome", { capability }),
  leave: (client) => client.call("leave", { request: marked("leaving", 16) }),
  stopLeaving: (client) => client.call("stopLeaving", { request: marked("leaving", 16) }),
  leaveNow: async (_client, { home }) => {
    const person = await home.person("yan");
    const caller = await home.client();
    const { domain, incarnation, nonce } = caller;
    const proof = leaveProofBytes({ domain, incarnation, nonce, account: person.account });
    await unhurried(home, caller.call("leaveNow", { account: person.account, signature: person.root.sign(proof) }));
  },
  everythingCounts: (client) => client.call("everythingCounts", {}),
  everything: async (client) => {
    let from: Bytes | undefined;
    do from = (await client.call("everything", from === undefined ? {} : { from })).next;
    while (from !== undefined);
  },
};

/** Two people who know each other, before anything fails. */
async function settled(place: Place): Promise<Actors> {
  const { home } = place;
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const [annsPhone, bensPhone] = [await ann.phone.signIn(home), await ben.phone.signIn(home)];
  const [annsAddress, bensAddress] = [await ann.phone.address(annsPhone), await ben.phone.address(bensPhone)];
  const capability = marked("capability", 16);
  await annsPhone.call("capabilities", { add: [capabilityHashOf(sha256, capability)], remove: [] });
  const { epoch, publicKey } = await (await home.client()).call("blobTerms", {});
  const blinded = Array.from({ length: 8 }, () => blindToken(home.random));
  const drawn = await annsPhone.call("blobTokens", { epoch, blinded: blinded.map((one) => one.blinded) });
  const outputs = finishTokens(publicKey, blinded, drawn) ?? [];
  const tokens = blinded.map(({ input }, i) => ({ epoch, input, output: outputs[i] as Bytes }));
  const push = { endpoint: "https://push.example/2", key: new Uint8Array(65), secret: new Uint8Array(16) };
  await bensPhone.call("pushSubscribe", push);
  await bensPhone.call("pushWaking", { add: [bensAddress], remove: [] });
  const group = new Group("dinner");
  await group.found(await home.client(), [annsAddress, bensAddress]);
  for (const client of [annsPhone, bensPhone]) {
    client.ackAll();
    await home.clock.pass(500);
    client.close();
  }
  await home.clock.pass(5_000);
  return { place, home, ann, ben, tokens, capability, annsAddress, bensAddress, group };
}

/** All that people do at a server, each step whatever became of those before. */
async function live(actors: Actors): Promise<Said> {
  const { place, home, ann, ben, annsAddress, bensAddress, group } = actors;
  const said: string[] = [];
  const read: string[] = [];
  let number = 0;
  const trying = async (step: () => Promise<unknown>) => {
    try {
      await step();
    } catch (error) {
      // Refused, or its socket was closed; what stays without any answer is not put up with.
      const isKnown = error instanceof Refused || (error instanceof Error && error.message === "closed");
      if (!isKnown) throw error;
    }
  };
  /** As a device does it: it shows the same pair until it was answered. */
  const signedIn = async (device: Device) => {
    const pair = { current: device.current, next: device.value(1_000 + ++number) };
    for (let tries = 0; ; tries++) {
      try {
        return await answered(device.signIn(home, pair));
      } catch (error) {
        if (tries === 45) throw error;
        await home.clock.pass(1_000);
      }
    }
  };
  const say = (post: (text: string) => Promise<unknown>) =>
    trying(async () => {
      const text = `message ${++number}`;
      await answered(post(text));
      said.push(text);
    });
  const talk = async () => {
    const sender = await home.client().catch(() => home.client());
    await say((text) => group.say(sender, text));
    const parts = (text: string) => [
      { target: { kind: "address" as const, address: bensAddress }, envelope: new TextEncoder().encode(text) },
    ];
    await say((text) => sender.post({ mode: "deposit" }, parts(text)));
    await trying(() => answered(group.upload(sender, [annsAddress, bensAddress])));
    const commit = group.parts("commit");
    await trying(async () => {
      await answered(sender.post(group.commit(commit), commit));
      group.epoch++;
    });
    sender.close();
  };

  const bens = await signedIn(ben.phone);
  let anns = await signedIn(ann.phone);
  await trying(talk);
  await home.clock.pass(4_000); // Nobody acknowledged: it is spilled.
  read.push(...bens.reads);
  bens.ackAll();
  for (const name of Object.keys(calls) as CallName[]) {
    const isAnonymous = calls[name].who === "anonymous" || name === "hello";
    await trying(async () => {
      if (anns.closedWith !== undefined || name === "signIn") anns = await signedIn(ann.phone);
      const client = isAnonymous ? await answered(home.client()) : anns;
      await answered(everyCall[name](client, actors), client);
      if (isAnonymous) client.close();
    });
  }
  await trying(talk);
  bens.close();
  home.socket(); // It says nothing, until it is closed for that.
  await home.clock.pass(100);
  await trying(talk);
  await home.clock.pass(10_000); // He is woken.
  await trying(() => answered(files(actors)));
  await home.clock.pass(2 * minuteMs);
  home.clock.jump(dayMs);
  // What throws once needs no hour of seconds: what falls due in it does so once.
  if (place.wire.times === 1) {
    await home.clock.sleep(hourMs + 1);
    await home.clock.pass(2 * minuteMs);
  } else {
    await home.clock.pass(hourMs + 1);
  }
  await trying(async () => void home.server.counts());
  await trying(async () => void home.server.unready());
  place.wire.isWatching = false;
  return { said, read };

  /** A call on a socket that the server closed is answered by that. */
  async function answered<T>(work: Promise<T>, client?: Client): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const isClosed = client === undefined || client.closedWith !== undefined;
      throw error instanceof Error && error.message === "no answer" && isClosed ? new Error("closed") : error;
    }
  }
}

async function files({ home, tokens, place }: Actors): Promise<void> {
  const http = home.server.httpAt("/blobs/");
  const [id, copy, secret] = [toHex(marked("file", 16)), marked("copied file", 16), marked("owner")];
  // What it throws the gateway answers 500.
  const ask = async (method: string, path: string, body: Bytes = new Uint8Array(), headers = {}) =>
    http
      ?.answer({
        method,
        path,
        header: (name) => new Map(Object.entries({ "blob-owner": toHex(secret), ...headers })).get(name) ?? null,
        body: async () => body,
        prefix: undefined,
      })
      .catch((error) => place.faults.caught("a request", error));
  const wish = { bytes: 100, ownerHash: sha256(secret), days: 1 };
  await ask("POST", `/blobs/${id}`, encodeAs(blobCreate, { ...wish, tokens: tokens.slice(4, 5) }));
  await ask("PUT", `/blobs/${id}`, marked("bytes", 100), { "upload-offset": "0" });
  await ask("GET", `/blobs/${id}`, undefined, { range: "bytes=0-99" });
  await ask("GET", `/blobs/${id}/state`);
  const layer = new Uint8Array(32);
  await ask(
    "POST",
    `/blobs/${id}/copies`,
    encodeAs(blobCopy, { to: copy, layer, ownerHash: wish.ownerHash, days: 1, tokens: tokens.slice(5, 6) }),
  );
  await ask("DELETE", `/blobs/${toHex(copy)}`);
}

/** What was answered `ok` is there, and a client that comes now is served. */
async function isWell({ home, ben, group, annsAddress }: Actors, { said, read }: Said): Promise<void> {
  await home.clock.pass(3 * minuteMs);
  const bens = await ben.phone.signIn(home);
  bens.acking = true;
  for (let i = 0; i < 10; i++) await home.clock.pass(100);
  expect(said.filter((text) => ![...read, ...bens.reads].includes(text))).toEqual([]);
  const [dan, eve] = [await home.person("dan"), await home.person("eve")];
  const [dans, eves] = [await dan.phone.signIn(home), await eve.phone.signIn(home)];
  const other = new Group("supper");
  const addresses = [await dan.phone.address(dans), await eve.phone.address(eves)];
  const caller = await home.client();
  await other.found(caller, addresses);
  await other.say(caller, "are you there?");
  await home.clock.pass(100);
  for (const client of [dans, eves]) expect(client.reads).toContain("are you there?");
  await group.upload(caller, [annsAddress]);
}

async function life(wire: Tripwire, over?: Log): Promise<Place> {
  const place = new Place(wire, over);
  const actors = await settled(place);
  wire.isWatching = true;
  const said = await live(actors);
  await isWell(actors, said);
  return place;
}

/** So many throw in one life, since a life takes half a second; what did not throw in such company, in fewer. */
const companies = [18, 5, 1];
const companiesForLong = [5, 1];

/**
 * Each throws so often, in a life with a few others that come much earlier or later in it. What did not throw in such
 * company, since another's exception was in its way, throws in a smaller one, and at last in a life of its own.
 *
 * @returns those of which no fault was counted.
 */
async function eachFails(
  paths: readonly string[],
  times: number,
  sizes: readonly number[],
  over?: () => Log,
): Promise<readonly string[]> {
  const unnoticed: string[] = [];
  const failing = async (some: readonly string[]): Promise<readonly string[]> => {
    const wire = new Tripwire(some, times);
    let place: Place;
    try {
      place = await life(wire, over?.());
    } catch (error) {
      throw new Error(`${some.join(", ")} failed ${times} times: ${(error as Error).message}`, { cause: error });
    }
    unnoticed.push(...[...wire.tripped].filter((path) => !wire.noticed.has(path)));
    expect(place.told.join("\n")).not.toContain(secretOfFault);
    return some.filter((path) => !wire.tripped.has(path));
  };
  let left = paths;
  for (const size of sizes) {
    const lives = Math.ceil(left.length / size);
    const missed: string[] = [];
    for (let first = 0; first < lives; first++)
      missed.push(...(await failing(left.filter((_path, at) => at % lives === first))));
    left = missed;
  }
  return unnoticed;
}

/** All that a life touches. */
async function pathsOfLife(): Promise<readonly string[]> {
  const whole = new Tripwire();
  const place = await life(whole);
  expect(place.faults.count).toBe(0);
  const paths = [...whole.seen.keys()];
  for (const name of Object.keys(calls)) expect(paths).toContain(`call.${name}`);
  for (const driver of ["log.transaction", "blobs.disk.write", "push.send", "fanout.publish", "socket.send"])
    expect(paths).toContain(driver);
  expect(paths.filter((path) => path.startsWith("timer of")).length).toBeGreaterThan(6);
  return paths;
}

test("[DS110] a call, timer or driver that throws once ends what it concerns, is counted, and all are served", async () => {
  expect(await eachFails(await pathsOfLife(), 1, companies)).toEqual([]);
}, 600_000);

test("[DS110] a timer or driver that throws for long ends what it concerns, is counted, and all are served once it does not @long", async () => {
  const paths = await pathsOfLife();
  const forLong = paths.filter((path) => !path.startsWith("call."));
  expect(await eachFails(forLong, 40, companiesForLong)).toEqual([]);
}, 600_000);

test("[DS110] what a server begins with throws, is counted, and it begins all the same", async () => {
  const begun = (...failing: string[]) => {
    const wire = new Tripwire(failing);
    wire.isWatching = true;
    const place = new Place(wire);
    wire.isWatching = false;
    return place;
  };
  const paths = [...begun().wire.seen.keys()];
  const lasting = ["log.isRemakeDue", "log.features.backup.withPassed", "log.accounts.orphans"];
  for (const path of [...lasting, "log.delivery.lastDay"]) expect(paths).toContain(path);
  for (const path of paths) {
    const place = begun(path);
    expect([path, ...place.wire.noticed]).toEqual([path, path]);
    const { home } = place;
    const phone = await (await home.person("ann")).phone.signIn(home);
    await phone.call("vaultState", {});
    // What it could not find out it asks again, and a day later it does what it does each day.
    place.wire.seen.clear();
    place.wire.isWatching = true;
    for (let hour = 0; hour <= 24; hour++) await home.clock.sleep(hourMs);
    const seen = [...place.wire.seen.keys()];
    expect(seen).toContain("log.delivery.markDay");
    if (lasting.includes(path)) expect(seen).toContain(path);
  }
}, 60_000);

/**
 * Features that keep something: a life touches what each of them asks of the database. Peers are off, since nobody
 * gives this server a way to others.
 */
const storing = allFeatures.filter(({ name, migrations }) => migrations.sqlite.length > 0 && name !== "peers");

describe("over PostgreSQL", () => {
  let postgres: PostgresInside;
  beforeAll(async () => {
    postgres = await PostgresInside.begin();
  }, 60_000);
  afterAll(() => postgres.end());
  const over = () => postgres.database().open().log;

  test("[DS110] [DS70] a place of another type than the database's is refused, and the server goes on", async () => {
    const place = new Place(new Tripwire(), postgres.database().open().log);
    const { home, ann } = await settled(place);
    const phone = await ann.phone.signIn(home);
    const kept: readonly Cell[][] = [["text"], [-1], [new Uint8Array(3)], [1.5e15], [null]];
    for (const { table, keys } of home.log.accounts.exportTables)
      for (const first of [[1], ["1"], [new Uint8Array(16)], [null]])
        for (const rest of keys.length === 2 ? kept : [[]]) {
          const from = encodeRow([table, 0, ...first, ...rest] as Cell[]);
          const isOfKind = (cell: Cell, kind: string | undefined) =>
            kind === "bytes"
              ? cell instanceof Uint8Array
              : typeof cell === "number" && (kind !== "int32" || cell < 2 ** 31);
          if ([...first, ...rest].every((cell, i) => isOfKind(cell as Cell, keys[i])))
            await phone.call("everything", { from });
          else expect(await refusal(phone.call("everything", { from }))).toBe("malformed");
        }
    expect(place.faults.count).toBe(0);
  }, 60_000);

  test("[DS110] what servers say to each other by the database throws once, and no server ends by it", async () => {
    const whole = new Tripwire();
    await life(whole, over());
    const peers = [...whole.seen.keys()].filter((path) => /^(?:log\.peers|wake)\./.test(path));
    expect(peers.length).toBeGreaterThan(8);
    expect(await eachFails(peers, 1, [4, 1], over)).toEqual([]);
  }, 600_000);

  test("[DS110] what a server asks of the database throws once, is counted, and all are served", async () => {
    const whole = new Tripwire();
    expect((await life(whole, over())).told).toEqual([]);
    const asked = [...whole.seen.keys()].filter((path) => /^log\.(?!peers\.)/.test(path));
    for (const store of ["accounts", "delivery"])
      expect(asked.filter((path) => path.startsWith(`log.${store}.`)).length).toBeGreaterThan(2);
    for (const { name } of storing)
      expect([name, asked.some((path) => path.startsWith(`log.features.${name}.`))]).toEqual([name, true]);
    expect(await eachFails(asked, 1, companies, over)).toEqual([]);
  }, 600_000);
});
