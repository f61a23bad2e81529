/**
 * Rounds of kill -9 (docs/spec/simulation.md SIM10): real devices talk through the real server over real sockets; at a
 * random moment its process is killed and begun again on what is on its disk, at times once more while it begins. Then
 * all comes to rest, and each screen is held against what was said.
 */
import type { Hex } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import { Deployment } from "../evidence/real/deployment.ts";
import { type Device, until } from "../evidence/real/device.ts";
import { type Chance, chanceFrom } from "../world/chance.ts";

export type Outcome = {
  readonly rounds: number;
  readonly said: number;
  /** What its sender's screen called sent at the moment of a kill: home had answered. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** How often a device missed something and had to ask for it. */
  readonly gaps: number;
  readonly bugs: readonly unknown[];
};

type Chat = { readonly id: Hex; readonly devices: readonly Device[] };
type Said = { readonly text: string; readonly chat: Chat; readonly by: Device };

const restMsMax = 60_000;
/** What is posted to one address in a minute has a limit; each process counts anew. */
const textsARound = 200;

/**
 * @param breakDisk what is done to the server's folder between a kill and the next start, to see this find it.
 * @param flags more of the server's options.
 */
export async function runRounds(
  rounds: number,
  seed: number,
  tell: (line: string) => void = () => undefined,
  breakDisk?: (folder: string) => void,
  flags?: readonly string[],
): Promise<Outcome> {
  const chance = chanceFrom(seed);
  const deployment = await Deployment.start(undefined, flags);
  const all: Said[] = [];
  const [lost, doubled] = [new Set<string>(), new Set<string>()];
  let acknowledged = 0;
  try {
    const chats = await settle(deployment);
    for (let round = 1; round <= rounds; round++) {
      const said: Said[] = [];
      chance.pick(deployment.devices).network(false); // One is away, and has it all when it is back.
      const talking = talk(round, chats, chance, said);
      await Bun.sleep(50 + chance.below(900));
      acknowledged += await kill(deployment, chance, said, breakDisk);
      await talking;
      await rest(deployment, round);
      all.push(...said);
      const held = new Map(chats.flatMap((chat) => chat.devices.map((one) => [keyOf(one, chat), textsOf(one, chat)])));
      for (const { text, chat } of said)
        for (const one of chat.devices) {
          const times = held.get(keyOf(one, chat))?.filter((other) => other === text).length ?? 0;
          if (times === 0) lost.add(text);
          if (times > 1) doubled.add(text);
        }
      for (const recorder of deployment.recorders) recorder.forget();
      if (round % 10 === 0) tell(`${round} rounds, ${all.length} messages: ${lost.size} lost, ${doubled.size} doubled`);
    }
    const { devices } = deployment;
    const gaps = devices.reduce((sum, one) => sum + (one.diagnostics()["gap"] ?? 0), 0);
    const bugs = devices.flatMap((one) => one.bugs);
    return { rounds, said: all.length, acknowledged, lost: [...lost], doubled: [...doubled], gaps, bugs };
  } finally {
    await deployment.end();
  }
}

/** Three people, one with two devices; two chats and a group. */
async function settle(deployment: Deployment): Promise<readonly Chat[]> {
  const [ann, ben, cat] = [
    await deployment.person("Ann"),
    await deployment.person("Ben"),
    await deployment.person("Cat"),
  ];
  const [withBen, withCat] = [await deployment.befriend(ann, ben), await deployment.befriend(ann, cat)];
  const group = await ann.api.createGroup({ name: "Dinner", accounts: [ben.account, cat.account] });
  await until("the group is there", () => [ben, cat].every((one) => one.isOpen(group)));
  const tablet = await deployment.link(ann);
  await until("the tablet is in", () => [withBen, withCat, group].every((chat) => tablet.isOpen(chat)));
  await deployment.settled();
  return [
    { id: withBen, devices: [ann, tablet, ben] },
    { id: withCat, devices: [ann, tablet, cat] },
    { id: group, devices: [ann, tablet, ben, cat] },
  ];
}

/** Everybody writes, before, while and after the server is away. */
async function talk(round: number, chats: readonly Chat[], chance: Chance, said: Said[]): Promise<void> {
  for (let n = 0; n < textsARound; n++) {
    const chat = chance.pick(chats);
    const by = chance.pick(chat.devices);
    const text = `${round}.${n} of ${by.name}`;
    said.push({ text, chat, by });
    await by.api.sendText(chat.id, text);
    await Bun.sleep(chance.below(16));
  }
}

/** Returns how many messages of the round were called sent before. */
async function kill(
  deployment: Deployment,
  chance: Chance,
  said: readonly Said[],
  breakDisk?: (folder: string) => void,
): Promise<number> {
  const sent = said.filter(({ text, chat, by }) => isSent(by, chat, text)).length;
  await deployment.server.killAndStart(breakDisk);
  if (chance.next() < 0.3) {
    await Bun.sleep(chance.below(250));
    await deployment.server.killAndStart();
  }
  return sent;
}

function isSent(device: Device, { id }: Chat, text: string): boolean {
  const { items } = device.view("timeline", id, textsARound);
  return items.some(({ body, mine, state }) => mine && state === "sent" && body.kind === "text" && body.text === text);
}

/** Nothing waits on any device or at home. */
async function rest(deployment: Deployment, round: number): Promise<void> {
  await deployment.reconnect();
  await until(`round ${round} comes to rest`, () => deployment.devices.every((one) => one.isSettled), restMsMax);
  await deployment.settled();
}

function textsOf(device: Device, { id }: Chat): readonly string[] {
  return device.database
    .all<{ body: Uint8Array }>(
      "SELECT body FROM messages WHERE conversation = ? AND kind = 'text' ORDER BY position DESC LIMIT ?",
      Uint8Array.from(Buffer.from(id, "hex")),
      2 * textsARound,
    )
    .flatMap(({ body }) => {
      const decoded = decodeBody(body);
      return decoded?.kind === "text" ? [decoded.text] : [];
    });
}

function keyOf(device: Device, { id }: Chat): string {
  return `${device.name} ${id}`;
}
