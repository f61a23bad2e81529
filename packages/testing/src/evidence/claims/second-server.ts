/**
 * Second server: a real one beside the first, on which what the claims of R1.5, R2.1, R2.3, R2.4, R5.5, R7.1 and R8.4
 * say is tried with real devices. It stays until its people have been away for as long as the evil operator takes.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Hex } from "@yanshu/client";
import { encodeCall } from "@yanshu/wire";
import { allOf, type Check, limitOf, noneOf } from "../check.ts";
import { Deployment } from "../real/deployment.ts";
import { type Device, until } from "../real/device.ts";
import { addressNeedles } from "../real/looks.ts";
import { createMatcher, type Matcher } from "../scan/matcher.ts";
import { filesIn, memoryOf } from "../scan/places.ts";
import { type Scan, scan } from "../scan/scan.ts";
import { closedInventory } from "./fields.ts";
import { flood } from "./flooder.ts";
import { hostileFiles } from "./hostile.ts";
import { keywords } from "./keywords.ts";

const linksSaid = 20;
const guessesMade = 100_000;
const rssBytesMax = 256 << 20;
const minutesMax = 5;

export type SecondServer = {
  readonly checks: readonly Check[];
  /** R2.3, after all have been gone for a while; ends the second. */
  readonly afterwards: () => Promise<Check>;
};

export async function openSecondServer(assets: string): Promise<SecondServer> {
  const beganMs = performance.now();
  const deployment = await Deployment.start(existsSync(assets) ? assets : undefined);
  try {
    const idleBytes = rssBytes(deployment.server.pid);
    const [ann, ben] = [await deployment.person("Ann"), await deployment.person("Ben")];
    const chat = await deployment.befriend(ann, ben);
    await ann.api.sendText(chat, "第一封");
    await until("the first message is read", () => ben.has(chat, "第一封"));
    const firstMs = performance.now() - beganMs;
    const cat = await deployment.person("Cat");
    await deployment.befriend(ann, cat);
    const group = await ann.api.createGroup({ name: "街坊", accounts: [ben.account, cat.account] });
    await until("all are in the group", () => [ben, cat].every((one) => one.isOpen(group)));
    const checks = [
      await noFetching(deployment, ann, ben, chat),
      await allDelivered(ann, [ben, cat], chat, group),
      await hostileFiles(deployment, ann, ben, chat),
      await guesses(deployment, ann),
      closedInventory(deployment.server.folder, deployment.server.logs()),
      home(deployment, { idleBytes, firstMs }),
    ];
    await deployment.settled();
    const origins = matcherOf(deployment);
    const during = look(deployment, origins);
    for (const device of deployment.devices) device.network(false);
    const leftMs = performance.now();
    return {
      checks,
      afterwards: async () => {
        try {
          return noOrigin(during, look(deployment, origins), (performance.now() - leftMs) / 1_000);
        } finally {
          await deployment.end();
        }
      },
    };
  } catch (error) {
    await deployment.end();
    throw error;
  }
}

/** R1.5: a server that looked at the links would be seen by the host that they lead to. */
async function noFetching(deployment: Deployment, ann: Device, ben: Device, chat: Hex): Promise<Check> {
  let asked = 0;
  const host = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      asked++;
      return new Response("<title>a page</title>", { headers: { "content-type": "text/html" } });
    },
  });
  const urls = Array.from({ length: linksSaid }, (_, i) => `http://127.0.0.1:${host.port}/page-${i}`);
  for (const url of urls) await ann.api.sendText(chat, `看看 ${url}`, { link: { url, title: "a page" } });
  await until("all links are read", () => urls.every((url) => ben.has(chat, url)));
  await deployment.settled();
  const byServer = asked;
  await fetch(`http://127.0.0.1:${host.port}/control`);
  const isSeen = asked === byServer + 1;
  await host.stop(true);
  return noneOf(
    "P1.links",
    "nobody fetches what a link leads to: not the server, and no device that did not tap it",
    {
      hits: byServer,
      figure: `${byServer} requests for ${linksSaid} links that arrived; one made on purpose was seen`,
      unit: "requests",
    },
    isSeen,
  );
}

/** R8.4 */
async function allDelivered(ann: Device, others: readonly Device[], chat: Hex, group: Hex): Promise<Check> {
  const places = [
    { conversation: chat, readers: others.slice(0, 1) },
    { conversation: group, readers: others },
  ];
  let missing = 0;
  for (const { conversation, readers } of places) {
    for (const word of keywords) await ann.api.sendText(conversation, word);
    const all = () => readers.every((one) => keywords.every((word) => one.reads(conversation).includes(word)));
    await until("every keyword is read", all, 30_000).catch(() => undefined);
    missing += readers.reduce((sum, one) => {
      const reads = new Set(one.reads(conversation));
      return sum + keywords.filter((word) => !reads.has(word)).length;
    }, 0);
  }
  return noneOf(
    "P1.unfiltered",
    "words that others filter arrive and are shown as they were written, alone and in a group",
    {
      hits: missing,
      figure: `${missing} missing of ${keywords.length} words said in a chat and in a group of three`,
      unit: "missing",
    },
    keywords.length > 50,
  );
}

/** R2.4: by rights that draw somebody's packages, and by calls of which one would have to lead to people. */
async function guesses(deployment: Deployment, ann: Device): Promise<Check> {
  const link = await ann.api.myLink();
  const { counts, connections } = await flood(deployment.server.port, "fd00:bad:bad:bad::1", guessesMade, (request) =>
    encodeCall(request, "claim", { capability: crypto.getRandomValues(new Uint8Array(16)) }),
  );
  const of = (what: string) => counts.get(what) ?? 0;
  const told = of("bad-capability");
  // A place that asks too much has its next connection's hello refused as well: all that follows is unread.
  const unread = of("rate-limited") + of("hello-first");
  const known = ["bad-capability", "rate-limited", "hello-first", "cut off"];
  const others = [...counts].flatMap(([what, times]) => (known.includes(what) ? [] : [`, ${times} ${what}`])).join("");
  const isServed = link !== "" && (await ann.api.myLink()) === link;
  return allOf(
    "P2.guesses",
    "who guesses at accounts learns nothing: every guess is answered alike, and soon none is answered",
    {
      "nobody was found": of("result") === 0 && of("ok") === 0,
      "all refusals are one": others === "",
      "as many answers as one place may have": told <= 6_000,
      "the flooder is cut off": of("cut off") > 0 && connections > 1,
      "others are served": isServed,
    },
    told > 0 && told + unread + of("cut off") === guessesMade,
    `${guessesMade.toLocaleString("en")} guesses: ${told} said no, ${unread} were refused unread, ${of("cut off")} lost with ${connections} connections${others}; 0 found`,
  );
}

/** R7.1 */
function home(
  deployment: Deployment,
  { idleBytes, firstMs }: { readonly idleBytes: number; readonly firstMs: number },
): Check {
  const nowBytes = rssBytes(deployment.server.pid);
  const megabytes = (bytes: number) => `${Math.round(bytes / (1 << 20))} MiB`;
  return allOf(
    "P6.home",
    "a family can run it: one process, one folder, minutes to the first message, little memory",
    {
      "to the first message in five minutes": firstMs < minutesMax * 60_000,
      "at most 256 MiB": idleBytes <= rssBytesMax && nowBytes <= rssBytesMax,
      "a port that needs no privilege": deployment.server.port >= 1_024,
    },
    idleBytes > 0,
    `${(firstMs / 1_000).toFixed(1)} s from the start to the first message between two new people; ${megabytes(idleBytes)} idle, ${megabytes(nowBytes)} after a hundred thousand guesses`,
  );
}

function rssBytes(pid: number): number {
  return 1_024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
}

function matcherOf({ origins, addresses }: Deployment): Matcher {
  return createMatcher([...origins.needles(), ...addresses.flatMap(addressNeedles)]);
}

type Seen = { readonly kept: Scan; readonly memory: Scan };

function look({ server }: Deployment, matcher: Matcher): Seen {
  const logs = scan(matcher, [{ name: "output", bytes: server.logs() }]);
  const disk = scan(matcher, filesIn(server.folder));
  return {
    kept: { ...disk, found: [...disk.found, ...logs.found], bytes: disk.bytes + logs.bytes },
    memory: scan(matcher, memoryOf(server.pid)),
  };
}

/** R2.3 */
function noOrigin(during: Seen, after: Seen, seconds: number): Check {
  const distinct = ({ found }: Scan) => new Set(found.map(({ name, form }) => `${name} ${form}`)).size;
  const left = after.memory.found.length;
  return limitOf(
    "P2.forgotten",
    "no address and no program of anybody on disk or in logs; in memory none once they are gone",
    { "none on disk or in logs": during.kept.found.length + after.kept.found.length === 0 },
    { value: left, unit: "hits", goal: "0", isKept: left === 0 },
    during.memory.found.length > 0,
    `${during.kept.found.length + after.kept.found.length} on disk and in logs; in memory ${during.memory.found.length} while they were there, ${left} of ${distinct(after.memory)} kinds ${Math.round(seconds)} s after the last had gone`,
  );
}
