/**
 * Operator: the scenario is played against the real process, and everything that its operator
 * could get at is searched: while messages wait, after all was delivered, and after the end.
 */
import { allOf, type Check, noneOf } from "../check.ts";
import type { Scan } from "../scan/scan.ts";
import { type Control, leakControl } from "./control.ts";
import { Deployment } from "./deployment.ts";
import { type Device, until } from "./device.ts";
import { checkFiles } from "./files.ts";
import {
  hitsOf,
  type Look,
  lookAtDisk,
  lookAtVaults,
  lookEverywhere,
  matcherFor,
  queuedIn,
  type Sort,
} from "./looks.ts";
import { checkPage } from "./page.ts";
import { type Played, play } from "./scenario.ts";

/** What the three looks found. */
export type Sight = {
  readonly canaries: number;
  readonly people: number;
  readonly controls: readonly string[];
  readonly waiting: Look;
  readonly delivered: Look;
  readonly ended: Scan;
  readonly vaults: ReturnType<typeof lookAtVaults> & {
    /** Messages that their devices know to be in there. */
    readonly messages: number;
  };
  /** Envelopes in the queue: while one is away, and at the end. */
  readonly queued: { readonly waiting: number; readonly ended: number };
  readonly texts: Texts;
};

/** How the messages fared: on how many timelines they stand, and how often one stands there twice. */
type Texts = { readonly shown: number; readonly doubled: number; readonly unsent: number; readonly stumbles: number };

export async function checkOperator(assets: string): Promise<readonly Check[]> {
  const deployment = await Deployment.start(assets);
  try {
    const page = await checkPage(`http://127.0.0.1:${deployment.server.port}`, assets);
    const sight = await watch(deployment, play);
    return [...judge(sight), checkFiles(deployment.server.folder), page];
  } finally {
    await deployment.end();
  }
}

/** @param tamper for the tests of the evidence itself: leaks what must not leak. */
export async function watch(
  deployment: Deployment,
  scenario: (deployment: Deployment) => Promise<Played>,
  tamper?: (deployment: Deployment, away: Device) => Promise<void>,
): Promise<Sight> {
  const { away, waiting } = await scenario(deployment);
  const control: Control = await leakControl(await deployment.recorder(), away);
  await tamper?.(deployment, away);
  const first = await lookEverywhere(deployment, matcherFor(deployment, control), control);
  const queued = queuedIn(deployment.server.folder);

  away.network(true);
  await until("what waited is read", () => away.has(waiting.conversation, waiting.text));
  await deployment.settled();
  await until("the vaults are full", () => deployment.devices.every(({ database }) => isKept(database)), 60_000);
  const matcher = matcherFor(deployment, control);
  const vaults = { ...lookAtVaults(deployment.server.folder, matcher), messages: messagesKept(deployment) };
  const second = await lookEverywhere(deployment, matcher, control);
  const texts = textsOf(deployment);
  for (const device of deployment.devices) device.network(false);
  await deployment.server.stop();
  return {
    canaries: deployment.canaries.all.length,
    people: new Set(deployment.devices.map(({ account }) => account)).size,
    controls: control.canaries.map(({ name }) => name),
    waiting: first,
    delivered: second,
    vaults,
    ended: lookAtDisk(deployment.server.folder, matcher, control),
    queued: { waiting: queued, ended: queuedIn(deployment.server.folder) },
    texts,
  };
}

function isKept(database: Device["database"]): boolean {
  return database.get("SELECT 1 FROM unvaulted") === undefined;
}

function messagesKept({ devices }: Deployment): number {
  const sql = "SELECT count(DISTINCT position) AS count FROM vault_places";
  return devices.reduce((sum, { database }) => sum + (database.get<{ count: number }>(sql)?.count ?? 0), 0);
}

function textsOf({ devices }: Deployment): Texts {
  const timelines = devices.flatMap((device) =>
    device.view("chats").map(({ conversation }) => device.reads(conversation)),
  );
  return {
    shown: timelines.flat().length,
    doubled: timelines.reduce((sum, texts) => sum + texts.length - new Set(texts).size, 0),
    unsent: devices.reduce((sum, device) => sum + device.view("status").unsent, 0),
    stumbles: devices.flatMap(({ bugs }) => bugs).length,
  };
}

export function judge(sight: Sight): readonly Check[] {
  const { waiting, delivered, ended } = sight;
  const control = controlOf(sight);
  const proven = Object.values(control.facts).every(Boolean);
  const search = (
    id: string,
    claim: string,
    sorts: readonly Sort[],
    scans: readonly (Scan | undefined)[],
    isProven: boolean,
  ) => {
    const here = scans.filter((one) => one !== undefined);
    const hits = here.flatMap((one) => sorts.flatMap((sort) => hitsOf(one, sort)));
    const megabytes = (here.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
    const names = [...new Set(hits.map(({ name, form, where }) => `${name} (${form}, in ${where})`))];
    const figure = `${hits.length} hits in ${megabytes} MB${names.length > 0 ? `: ${names.slice(0, 4).join("; ")}` : ""}`;
    return noneOf(id, claim, { hits: hits.length, figure }, isProven && here.length === scans.length);
  };
  const many = `${sight.canaries} canaries of ${sight.people} people`;
  const everywhere = [waiting, delivered].flatMap(({ disk, memory, logs, operator, traffic }) => [
    disk,
    memory,
    logs,
    operator,
    traffic,
  ]);
  return [
    allOf("P1.control", "a canary leaked on purpose is found", control.facts, true, control.figure),
    search(
      "P1.disk",
      `${many}: none in the data folder, its log and free pages, running or stopped`,
      ["canary"],
      [waiting.disk, delivered.disk, ended],
      proven,
    ),
    search(
      "P1.memory",
      `${many}: none in the memory of the process`,
      ["canary"],
      [waiting.memory, delivered.memory],
      proven,
    ),
    search("P1.logs", `${many}: none in what the process wrote`, ["canary"], [waiting.logs, delivered.logs], proven),
    search(
      "P1.traffic",
      `${many}: none in the traffic, both directions`,
      ["canary"],
      [waiting.traffic, delivered.traffic],
      proven,
    ),
    search(
      "P1.operator",
      `${many}: none in what the operator's page shows`,
      ["canary"],
      [waiting.operator, delivered.operator],
      proven,
    ),
    search(
      "P1.keys",
      "no key of a device, an account or an envelope anywhere",
      ["key"],
      [...everywhere, ended],
      proven,
    ),
    framing(
      sight,
      search(
        "P1.framing",
        "no MLS message, commit, Welcome or group id anywhere (key packages are published)",
        ["mls", "group"],
        [...everywhere, ended],
        proven,
      ),
    ),
    search("P2.conversations", "no id of a conversation anywhere", ["conversation"], [...everywhere, ended], proven),
    search(
      "P2.origin",
      "no address and no program of anybody on disk or in logs",
      ["origin"],
      [waiting.disk, waiting.logs, delivered.disk, delivered.logs, ended],
      hitsOf(waiting.traffic, "origin").length > 0,
    ),
    vaultCheck(sight, proven),
    deliveredCheck(sight),
    allOf(
      "P4.honest",
      "with an honest server all arrives, once, and no client stumbles",
      {
        "nothing doubled": sight.texts.doubled === 0,
        "nothing unsent": sight.texts.unsent === 0,
        "no error in a client": sight.texts.stumbles === 0,
      },
      sight.texts.shown > 0,
      `${sight.texts.shown} messages on timelines`,
    ),
  ];
}

/** The shape of MLS framing counts too, whosever it is. */
function framing({ waiting, delivered, ended }: Sight, byBytes: Check): Check {
  const shapes = [waiting.disk, waiting.traffic, delivered.disk, delivered.traffic, ended].flatMap(
    ({ framings }) => framings,
  );
  if (shapes.length === 0) return byBytes;
  const figure = `${byBytes.figure}; by its shape: ${shapes.slice(0, 4).join("; ")}`;
  return { ...byBytes, value: byBytes.value + shapes.length, verdict: "fail", figure };
}

/** Each way to leak must be seen in traffic and on disk; in memory at least the plain one. */
function controlOf({ waiting: { traffic, disk, memory }, controls }: Sight) {
  const seenIn = (scan: Scan | undefined) =>
    controls.filter(
      (name) => scan !== undefined && hitsOf(scan, "control").some((hit) => hit.name === `control: ${name}`),
    );
  const [inTraffic, onDisk, inMemory] = [seenIn(traffic), seenIn(disk), seenIn(memory)];
  const facts = {
    "every form in the traffic": inTraffic.length === controls.length,
    "every form on disk": onDisk.length === controls.length,
    "in memory": inMemory.includes("plain"),
    "its MLS message in the traffic": hitsOf(traffic, "control-group").length > 0,
    "its MLS message on disk": hitsOf(disk, "control-group").length > 0,
  };
  const of = (seen: readonly string[]) => `${seen.length} of ${controls.length}`;
  const figure = `leaked as ${controls.join(", ")}; found ${of(inTraffic)} in traffic, ${of(onDisk)} on disk, ${of(inMemory)} in memory`;
  return { facts, figure };
}

/** Everything that was said stands in the vaults, and there is nothing to be seen of it. */
function vaultCheck({ vaults }: Sight, isProven: boolean): Check {
  const sorts: readonly Sort[] = ["canary", "key", "mls", "group", "conversation", "origin", "envelope"];
  const hits = sorts.flatMap((sort) => hitsOf(vaults, sort)).length + vaults.framings.length;
  const where = `${vaults.segments} segments and ${vaults.records} recovery records of ${(vaults.bytes / 1e6).toFixed(1)} MB`;
  const figure = `${hits} hits in ${where}, in which ${vaults.messages} messages of all devices stand`;
  return noneOf(
    "P1.vault",
    "no canary, key, id or framing in the segments of anybody's vault, nor in what a card opens",
    { hits, figure },
    isProven && vaults.segments > 0 && vaults.records > 0 && vaults.messages > 0,
  );
}

function deliveredCheck({ waiting, delivered, ended, queued }: Sight): Check {
  const left = hitsOf(ended, "envelope").length + queued.ended;
  const before = hitsOf(waiting.disk, "envelope").length;
  const tail = hitsOf(delivered.disk, "envelope").length;
  return noneOf(
    "P2.delivered",
    "once everybody has acknowledged, nothing of an envelope is on disk",
    {
      hits: left,
      figure: `${left} left; ${queued.waiting} waited for the one who was away (seen ${before} times), ${tail} stood in the log's tail until it was tidied`,
    },
    queued.waiting > 0 && before > 0,
  );
}
