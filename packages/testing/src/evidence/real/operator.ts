/**
 * Operator: the scenario is played against the real process, and everything that whoever runs it
 * could get at is searched: while letters wait, after all was delivered, and after the end.
 */
import { join } from "node:path";
import { allOf, type Check, noneOf } from "../check.ts";
import type { Scan } from "../scan/scan.ts";
import { leak as leakControl, leakedForms } from "./control.ts";
import { until } from "./device.ts";
import { hitsOf, type Leak, type Look, lookAtDisk, lookEverywhere, matcherFor, queuedIn, type Sort } from "./looks.ts";
import { checkPage } from "./page.ts";
import { play } from "./scenario.ts";
import { Town } from "./town.ts";

export const webApp = join(import.meta.dir, "../../../../web/dist");

/** What the three looks found. */
export type Sight = {
  readonly canaries: number;
  readonly people: number;
  readonly waiting: Look;
  readonly delivered: Look;
  readonly ended: Scan;
  /** Envelopes in the queue: while one is away, and at the end. */
  readonly queued: { readonly waiting: number; readonly ended: number };
  readonly posted: number;
  readonly bugs: number;
};

export async function checkOperator(assets: string = webApp): Promise<readonly Check[]> {
  const town = await Town.start(assets);
  try {
    const page = await checkPage(`http://127.0.0.1:${town.server.port}`, assets);
    return [...judge(await watch(town)), page];
  } finally {
    await town.end();
  }
}

async function watch(town: Town): Promise<Sight> {
  const { away, waiting } = await play(town);
  // Not among what people entered: this one is leaked.
  const canary = town.canaries.make("control");
  town.canaries.all.pop();
  const leak: Leak = { canary, groupId: await leakControl(await town.recorder(), away, canary) };
  const first = await lookEverywhere(town, matcherFor(town, leak), leak);
  const queued = queuedIn(town.server.folder);

  away.network(true);
  await until("what waited is read", () => away.has(waiting.conversation, waiting.text));
  await town.settled();
  const matcher = matcherFor(town, leak);
  const second = await lookEverywhere(town, matcher, leak);
  for (const device of town.devices) device.network(false);
  await town.server.stop();
  return {
    canaries: town.canaries.all.length,
    people: new Set(town.devices.map(({ account }) => account)).size,
    waiting: first,
    delivered: second,
    ended: lookAtDisk(town.server.folder, matcher, leak),
    queued: { waiting: queued, ended: queuedIn(town.server.folder) },
    posted: town.recorders.reduce((sum, recorder) => sum + recorder.payloads().toServer.length, 0),
    bugs: town.devices.flatMap(({ bugs }) => bugs).length,
  };
}

export function judge(sight: Sight): readonly Check[] {
  const { waiting, delivered, ended } = sight;
  const control = controlOf(waiting);
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
    deliveredCheck(sight),
    allOf(
      "P4.honest",
      "with an honest server all arrives, once, and no client stumbles",
      { "no error in a client": sight.bugs === 0, "what waited was read": true },
      sight.posted > 0,
      `${sight.posted} frames from clients`,
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

function controlOf({ traffic, disk, memory }: Look) {
  const formsIn = (scan: Scan | undefined) => {
    const all = scan === undefined ? [] : hitsOf(scan, "control").map(({ form }) => form);
    const compressed = all.filter((form) => form.includes("compressed")).length > 0;
    const has = (form: string) => all.some((one) => one.startsWith(form) && !one.includes("compressed"));
    return { plain: has("utf-8"), wide: has("utf-16le"), base64: has("base64"), compressed };
  };
  const [inTraffic, onDisk, inMemory] = [formsIn(traffic), formsIn(disk), formsIn(memory)];
  const facts = {
    "every form in the traffic": Object.values(inTraffic).every(Boolean),
    "every form on disk": Object.values(onDisk).every(Boolean),
    "in memory": inMemory.plain,
    "its MLS message in the traffic": hitsOf(traffic, "control-group").length > 0,
    "its MLS message on disk": hitsOf(disk, "control-group").length > 0,
  };
  const count = (scan: Scan | undefined) => (scan === undefined ? 0 : hitsOf(scan, "control").length);
  const figure = `leaked in ${leakedForms.length} forms; found ${count(traffic)} times in traffic, ${count(disk)} on disk, ${count(memory)} in memory`;
  return { facts, figure };
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
