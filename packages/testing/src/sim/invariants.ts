/**
 * Invariants (docs/spec/simulation.md SIM5): what must hold once everything was mended and is quiet,
 * held against screens, disks and the server's queues.
 */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import { label } from "./acts/act.ts";
import { disagreements } from "./agreement.ts";
import type { Broken, Invariant } from "./breaks.ts";
import { wrongChannels } from "./channels.ts";
import { accountOf, deviceOf, isAlive, listedAtServer, membersAt, type Standing, standings } from "./disk.ts";
import { gapKey } from "./faults.ts";
import { groupDevices } from "./group-devices.ts";
import { notHanded } from "./handed.ts";
import { dividedAccounts } from "./home-records.ts";
import type { Said } from "./ledger.ts";
import { looseIn, lostDiskSince, notBack } from "./losses.ts";
import { wrongMoments } from "./moments.ts";
import { titleOf } from "./screen.ts";
import type { Simulation } from "./simulation.ts";

/** A device as it stands at the end. */
type Witness = {
  readonly person: Person;
  readonly account: Hex;
  readonly device: Hex;
  readonly alive: boolean;
  readonly standings: ReadonlyMap<Hex, Standing>;
  /** What is on its screen, by what it is known under, by conversation, oldest first. */
  readonly reads: ReadonlyMap<Hex, readonly string[]>;
  /** Of that, its own that its screen calls sent, and the item that each is. */
  readonly sent: ReadonlyMap<string, Hex>;
  /** What it never heard: it came from the vault (VA10). */
  readonly brought: ReadonlySet<string>;
  /** What it has by the word of the member who handed it over (GR32), and whose word that is. */
  readonly handed: ReadonlyMap<string, Hex>;
};

export async function check(sim: Simulation): Promise<readonly Broken[]> {
  const witnesses = sim.people.flatMap((person) => witnessOf(sim, person));
  const stayed = (said: Said) =>
    witnesses
      .filter((one) => wasThereThroughout(sim, one, said) && !lostDiskSince(sim, one.person, said.atMs))
      .map(({ person }) => person);
  return [
    ...lost(sim, witnesses),
    ...doubled(witnesses),
    ...disordered(sim, witnesses),
    ...undecryptable(sim, witnesses),
    ...(await disagreeing(sim, witnesses)),
    ...unrest(sim),
    ...overheard(sim, witnesses),
    ...notRemoved(sim, witnesses),
    ...outOfOrder(sim),
    ...notBack(sim),
    ...notHanded(sim),
    ...wrongMoments(sim),
    ...wrongChannels(sim),
    ...dividedAccounts(sim),
    ...(await sim.lives.wrong()),
    ...(await disagreements(sim, stayed)),
  ];
}

function witnessOf(sim: Simulation, person: Person): readonly Witness[] {
  const account = accountOf(person.disk);
  const device = deviceOf(person.disk);
  if (account === undefined || device === undefined || !person.isOn) return [];
  const all = standings(person.disk);
  const sent = new Map<string, Hex>();
  const brought = new Set<string>();
  const handed = new Map<string, Hex>();
  const reads = new Map<Hex, string[]>();
  const vaulted = new Set(
    person.disk.all<{ id: Uint8Array }>("SELECT id FROM messages WHERE vault = 1").map(({ id }) => toHex(id)),
  );
  for (const { conversation } of all) {
    const texts: string[] = [];
    for (const item of person.items(conversation)) {
      const title = titleOf(item);
      if (title === undefined) continue;
      texts.push(title);
      if (item.mine && item.state === "sent") sent.set(title, item.id);
      if (vaulted.has(item.id)) brought.add(title);
      if (item.handedBy !== undefined) handed.set(title, item.handedBy.account);
    }
    reads.set(conversation, texts);
  }
  const alive = isAlive(sim.world, person);
  return [
    {
      person,
      account: toHex(account),
      device,
      alive,
      standings: new Map(all.map((one) => [one.conversation, one])),
      reads,
      sent,
      brought,
      handed,
    },
  ];
}

/** I1: what the sender's screen called sent is on the screen of everybody who was there all the time. */
function lost(sim: Simulation, witnesses: readonly Witness[]): readonly Broken[] {
  const broken: Broken[] = [];
  const severed = looseIn(sim);
  for (const said of sim.ledger.said) {
    if (severed.has(said.conversation) || sim.ledger.perhapsRecalled.has(said.text)) continue;
    const sender = witnesses.find(({ person }) => person === said.by);
    const item = sender?.sent.get(said.text);
    if (sender === undefined || item === undefined) continue;
    for (const reader of witnesses) {
      if (reader === sender || !wasThereThroughout(sim, reader, said)) continue;
      if (reader.reads.get(said.conversation)?.includes(said.text)) continue;
      if (lostDiskSince(sim, reader.person, said.atMs) && !mustComeAgain(sim, reader, said)) continue;
      const isGone = !sender.alive || lostDiskSince(sim, said.by, said.atMs);
      const lateWord = isGone || sender.standings.get(said.conversation)?.inside !== true;
      if (lateWord && hasGap(sim, reader, said, sender)) continue; // Nobody is left to say it again; it shows.
      if (noticed(sim, reader, said, sender)) continue;
      const isUnopened = lateWord && sim.ledger.malice > 0 && sim.faults.wasBeyond(reader.person, sender.person, item);
      if ((dropped(sim, reader) || isUnopened) && !isKnownThere(witnesses, reader, said)) continue;
      broken.push({ invariant: "I1", why: `step ${said.step}: ${reader.person.device} never read "${said.text}"` });
    }
  }
  return broken;
}

/**
 * What a device lost with its disk, and the vault did not have, is missed where the vault tells that something of that
 * sender was heard there (SY40), and who said it is there to say it again.
 */
function mustComeAgain(sim: Simulation, reader: Witness, said: Said): boolean {
  const [loss, ...others] = sim.losses.filter(({ person }) => person === reader.person);
  if (loss === undefined || others.length > 0) return false;
  return loss.had.some(
    ([conversation, text]) => conversation === said.conversation && sim.ledger.find(text)?.by === said.by,
  );
}

function wasThereThroughout(sim: Simulation, reader: Witness, said: Said): boolean {
  const then = said.stood.get(reader.person);
  const now = reader.standings.get(said.conversation);
  return (
    reader.alive &&
    then !== undefined &&
    now !== undefined &&
    then.inside &&
    now.inside &&
    !(then.frozen !== null && wasRemoved(sim, reader, said)) &&
    then.exits === sim.faults.exitsOf(reader.person, said.conversation) &&
    said.breaches === sim.ledger.breaches(said.conversation)
  );
}

/** Stopped at that moment, a device may have been out and in again without ever knowing it. */
function wasRemoved(sim: Simulation, reader: Witness, said: Said): boolean {
  return sim.ledger.acts.some(
    ({ kind, conversation, account }) =>
      kind === "remove" && conversation === said.conversation && account === reader.account,
  );
}

function hasGap(sim: Simulation, reader: Witness, said: Said, sender: Witness): boolean {
  return misses(sim, reader.person, said.conversation, sender.device);
}

function misses(sim: Simulation, reader: Person, conversation: Hex, sender: Hex): boolean {
  // A person who lost a disk had another device before.
  const by = sim.people.find((one) => deviceOf(one.disk) === sender);
  const former = sim.losses.flatMap(({ person, device }) => (person === by && device !== undefined ? [device] : []));
  return [sender, ...former].some((device) => {
    const key = gapKey(Buffer.from(conversation, "hex"), Buffer.from(device, "hex"));
    return sim.faults.gaps.get(reader)?.has(key) === true;
  });
}

/** What the operator dropped must at least be missed, by those who had heard of its sender. */
function noticed(sim: Simulation, reader: Witness, said: Said, sender: Witness): boolean {
  if (!dropped(sim, reader)) return false;
  const key = gapKey(Buffer.from(said.conversation, "hex"), Buffer.from(sender.device, "hex"));
  return hasGap(sim, reader, said, sender) || !sim.faults.knewBefore(reader.person, key, said.atMs);
}

function dropped(sim: Simulation, { person }: Witness): boolean {
  return (sim.ledger.drops.get(person) ?? 0) > 0;
}

/** Whether anybody else who is still there heard it: of the last words of somebody who is out, nobody else can tell. */
function isKnownThere(witnesses: readonly Witness[], reader: Witness, { conversation, text }: Said): boolean {
  return witnesses.some(
    ({ person, alive, standings: all, reads, brought }) =>
      person !== reader.person &&
      alive &&
      all.get(conversation)?.inside === true &&
      reads.get(conversation)?.includes(text) === true &&
      !brought.has(text),
  );
}

/** I2 */
function doubled(witnesses: readonly Witness[]): readonly Broken[] {
  return witnesses.flatMap(({ person, reads }) =>
    [...reads.values()].flatMap((texts) => {
      const twice = texts.filter((text, i) => texts.indexOf(text) !== i);
      return twice.map((text): Broken => ({ invariant: "I2", why: `${person.device} reads "${text}" twice` }));
    }),
  );
}

/**
 * I3: what one device said stands in its order, but for what was missed and came again, here or on an own device
 * (VA10).
 */
function disordered(sim: Simulation, witnesses: readonly Witness[]): readonly Broken[] {
  const broken: Broken[] = [];
  const saidBy = new Map(sim.ledger.said.map((said) => [said.text, said]));
  for (const reader of witnesses) {
    for (const [conversation, texts] of reader.reads) {
      const highest = new Map<Person, number>();
      for (const text of texts) {
        const said = sim.ledger.saidAgain.has(text) ? undefined : saidBy.get(text);
        const sender = witnesses.find(({ person }) => person === said?.by);
        if (said === undefined || sender === undefined || sender === reader) continue;
        const from = reader.handed.get(text);
        const heard = witnesses.filter(({ account }) => account === reader.account || account === from);
        if (heard.some((one) => hasGap(sim, one, said, sender))) continue;
        if (sim.ledger.tapped.has(text)) continue; // It was said when it was tapped.
        const before = highest.get(said.by) ?? 0;
        if (said.number < before)
          broken.push({
            invariant: "I3",
            why: `${reader.person.device} reads "${text}" after #${before} in ${label(conversation)}`,
          });
        highest.set(said.by, Math.max(before, said.number));
      }
    }
  }
  return broken;
}

const isAmiss = (what: string) =>
  what === "unexpected" || what === "malformed-message" || what.startsWith("unopenable-");

/** I4: nothing that cannot be opened, nothing unexpected; late is only a note that came before. */
function undecryptable(sim: Simulation, witnesses: readonly Witness[]): readonly Broken[] {
  return witnesses.flatMap(({ person, alive }) => {
    if (!alive) return [];
    return Object.entries(person.client.diagnostics())
      .filter(
        ([what, count]) => isAmiss(what) || (what === "late-note" && count > (sim.notesAgain.get(person.device) ?? 0)),
      )
      .filter(([what]) => what === "unexpected" || sim.ledger.malice === 0)
      .map(([what, count]): Broken => ({ invariant: "I4", why: `${person.device} counts ${what}: ${count}` }));
  });
}

/** I5: who is in a conversation agrees on its epoch, its members, their roles, and its name. */
async function disagreeing(sim: Simulation, witnesses: readonly Witness[]): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const conversations = new Set(witnesses.flatMap(({ standings: all }) => [...all.keys()]));
  const severed = looseIn(sim);
  for (const conversation of conversations) {
    if (severed.has(conversation)) continue;
    const inside = witnesses.filter(({ alive, standings: all }) => alive && all.get(conversation)?.inside === true);
    const views = inside.map((witness) => ({ witness, view: stateOf(witness, conversation) }));
    const [first] = views;
    if (first === undefined) continue;
    for (const { witness, view } of views) {
      if (view === first.view) continue;
      broken.push({
        invariant: "I5",
        why: `${first.witness.person.device} and ${witness.person.device} disagree on ${label(conversation)}: ${difference(first.view, view)}`,
      });
    }
    broken.push(...(await wrongDevices(sim, witnesses, conversation, first.witness)));
  }
  return broken;
}

/** The devices in the tree are those that the members' accounts list, and each knows that it is there. */
async function wrongDevices(
  sim: Simulation,
  witnesses: readonly Witness[],
  conversation: Hex,
  one: Witness,
): Promise<readonly Broken[]> {
  const groupId = one.standings.get(conversation)?.groupId;
  const leaves = groupId == null ? undefined : await groupDevices(one.person.disk, groupId);
  if (leaves === undefined) return [];
  const accounts = new Set(leaves.map(({ account }) => account));
  const wanted = [...accounts].flatMap((account) =>
    listedAtServer(sim.world, Buffer.from(account, "hex") as Uint8Array as never),
  );
  const held = leaves.map(({ device }) => device);
  const nameOf = (device: Hex) =>
    witnesses.find((witness) => witness.device === device)?.person.device ?? label(device);
  // Who left, and whose word for it never came to those who must act on it: the operator kept it, or they had left too.
  // Nobody can say it again.
  const unheard = new Set(
    witnesses
      .filter(({ standings: all }) => isOut(all.get(conversation)))
      .filter(
        (leaver) =>
          witnesses.some(({ person }) => misses(sim, person, conversation, leaver.device)) ||
          isLeaderless(witnesses, conversation, one, leaver),
      )
      .map(({ account }) => account),
  );
  const missing = wanted.filter(
    (device) => !held.includes(device) && !witnesses.some((one) => one.device === device && unheard.has(one.account)),
  );
  const stale = held.filter((device) => !wanted.includes(device));
  const unaware = witnesses.filter(
    ({ device, alive, standings: all }) =>
      alive && held.includes(device) && all.get(conversation)?.inside !== true && !isOut(all.get(conversation)),
  );
  const sayAll = (devices: readonly Hex[], what: string): readonly Broken[] =>
    devices.map((device) => ({ invariant: "I5", why: `${nameOf(device)} ${what} ${label(conversation)}` }));
  return [
    ...sayAll(missing, "is missing from"),
    ...sayAll(stale, "is still in"),
    ...unaware.map(
      ({ person, standings: all }): Broken => ({
        invariant: "I5",
        why: `${person.device} (${all.get(conversation)?.state ?? "unknown"}) does not know that it is in ${label(conversation)}`,
      }),
    ),
  ];
}

/**
 * Whether all who led have left, one of them before the word of this one came: those who stay may remove nobody
 * (GR20.5).
 */
function isLeaderless(witnesses: readonly Witness[], conversation: Hex, one: Witness, leaver: Witness): boolean {
  const at = one.standings.get(conversation)?.bytes ?? new Uint8Array();
  const roles = membersAt(one.person.disk, at);
  const leaders = witnesses.filter(({ account }) => (roles.get(account) ?? "member") !== "member");
  const isGone = ({ standings: all }: Witness) => all.get(conversation)?.inside !== true;
  const heard = ({ person }: Witness) =>
    person.disk.get(
      "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave'",
      at,
      Buffer.from(leaver.account, "hex"),
    ) !== undefined;
  return leaders.every(isGone) && leaders.some((leader) => leader.account !== leaver.account && !heard(leader));
}

/** By its own will. */
function isOut(standing: Standing | undefined): boolean {
  return standing !== undefined && ["left", "blocked", "declined"].includes(standing.state);
}

function stateOf({ person, standings: all }: Witness, conversation: Hex): string {
  const standing = all.get(conversation) as Standing;
  const disk = person.disk;
  const group = disk.get<{ epoch: number; gate: Uint8Array; founding: number }>(
    "SELECT epoch, gate, founding FROM groups WHERE group_id = ?",
    standing.groupId,
  );
  // A tag comes from the epoch's secrets, so it is the same only where the whole of the state is.
  const tag = disk.get<{ tag: Uint8Array }>("SELECT tag FROM tags WHERE group_id = ?", standing.groupId)?.tag;
  const head = disk.get<{ title: string; avatar: Uint8Array | null }>(
    "SELECT title, avatar FROM conversations WHERE conversation = ?",
    standing.bytes,
  );
  const members = [...membersAt(disk, standing.bytes)].map(([account, role]) => `${label(account)}:${role}`).toSorted();
  return [
    `gate ${group === undefined ? "none" : label(toHex(group.gate))}`,
    `founding ${group?.founding}`,
    `epoch ${group?.epoch}`,
    `tag ${tag === undefined ? "none" : label(toHex(tag))}`,
    ...(standing.kind === "group" ? [`name ${head?.title}`] : []),
    `members ${members.join(",")}`,
  ].join("|");
}

function difference(one: string, other: string): string {
  const others = other.split("|");
  return one
    .split("|")
    .flatMap((field, i) => (field === others[i] ? [] : [`${field} / ${others[i]}`]))
    .join("; ");
}

/** I6 and I7: what waits. Asked while settling too: when this is empty, the simulation is quiet. */
export function unrest(sim: Simulation): readonly Broken[] {
  const broken: Broken[] = [];
  const severed = looseIn(sim);
  for (const person of sim.people) {
    const waits = person.isOn ? waitsOn(sim, person, severed) : [];
    // Asked last: it takes longer than to see that nothing waits.
    if (waits.length > 0 && isAlive(sim.world, person)) broken.push(...waits);
  }
  const beside = sim.world.beside.flatMap(({ running }) => running ?? []);
  const outstanding = [...sim.world.servers, ...beside].reduce((sum, server) => sum + server.counts().outstanding, 0);
  if (outstanding > 0) broken.push({ invariant: "I6", why: `${outstanding} pushes are not acknowledged` });
  broken.push(...leftBetweenServers(sim), ...leftBetweenHomes(sim));
  return broken;
}

function waitsOn(sim: Simulation, person: Person, severed: ReadonlySet<Hex>): readonly Broken[] {
  const waits: Broken[] = [];
  const wait = (invariant: Invariant, why: string) => waits.push({ invariant, why: `${person.device}: ${why}` });
  const { phase, network } = person.view("status");
  if (phase !== "ready" || network !== "online") wait("I6", `it is ${phase} and ${network}`);
  for (const { conversation, bytes, state, frozen } of standings(person.disk)) {
    if (severed.has(conversation)) continue;
    const count = (table: string) =>
      person.disk.get<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE conversation = ?`, bytes)?.n ?? 0;
    const where = `in ${label(conversation)} (${state})`;
    const isIn = ["open", "request-out", "forming"].includes(state);
    if (isIn && count("outbox") > 0) wait("I6", `${count("outbox")} unsent ${where}`);
    if (state === "forming") wait("I7", `still forming ${where}`);
    if (isIn && frozen !== null) wait("I7", `frozen by ${frozen} ${where}`);
    if (count("pending_commits") > 0) wait("I7", `a commit pends ${where}`);
    const jobs = person.disk.all<{ kind: string }>("SELECT kind FROM jobs WHERE conversation = ?", bytes);
    if (jobs.length > 0) wait("I7", `jobs wait ${where}: ${jobs.map(({ kind }) => kind).join(", ")}`);
  }
  const account = accountOf(person.disk);
  const device = deviceOf(person.disk);
  const queued = [sim.world, ...sim.world.beside].reduce((sum, { log: { accounts, delivery } }) => {
    const row = account === undefined ? undefined : accounts.find(account);
    const ref = row && accounts.devices(row.ref).find((one) => toHex(one.id) === device)?.ref;
    return sum + (ref === undefined ? 0 : delivery.queueLength(ref));
  }, 0);
  if (queued > 0) wait("I6", `${queued} queued at the server`);
  return waits;
}

/** I6: nothing that one server said to another waits, and each device is one server's. */
function leftBetweenServers({ world: { several } }: Simulation): readonly Broken[] {
  const count = (what: string) => Number(several?.rows(`SELECT count(*) FROM ${what}`)[0]?.[0] ?? 0);
  const left = [
    [count("calls"), "calls are not heard"],
    [count("envelopes"), "envelopes are left"],
    [count("(SELECT device FROM holds GROUP BY device HAVING count(*) > 1)"), "devices are two servers'"],
  ] as const;
  return left.flatMap(([number, why]) => (number > 0 ? [{ invariant: "I6", why: `${number} ${why}` }] : []));
}

/** I6: no home has anything left for another. */
function leftBetweenHomes({ homes }: Simulation): readonly Broken[] {
  const left = homes?.waiting() ?? 0;
  return left === 0 ? [] : [{ invariant: "I6", why: `what waits for another home did not leave, of ${left} lines` }];
}

/** I17: what a connection is pushed of one gate comes in the order of ids. */
function outOfOrder({ outOfOrder: all }: Simulation): readonly Broken[] {
  return all.map((why) => ({ invariant: "I17", why }));
}

/** I8: nobody reads what was said when its sender saw them outside. */
function overheard(sim: Simulation, witnesses: readonly Witness[]): readonly Broken[] {
  const broken: Broken[] = [];
  for (const said of sim.ledger.said) {
    if (said.audience.size === 0) continue;
    const tappedFor = sim.ledger.tapped.get(said.text);
    for (const { person, account, reads, handed } of witnesses) {
      if (handed.has(said.text) && isHandedTo(sim, account, said)) continue;
      if (said.audience.has(account) || tappedFor?.has(account) === true) continue;
      if (reads.get(said.conversation)?.includes(said.text) !== true) continue;
      broken.push({
        invariant: "I8",
        why: `step ${said.step}: ${person.device} reads "${said.text}", which was not for it`,
      });
    }
  }
  return broken;
}

function isHandedTo(sim: Simulation, account: Hex, { conversation }: Said): boolean {
  return sim.ledger.handovers.some((one) => one.conversation === conversation && one.account === account);
}

/** I8: whom somebody with the right to do so removed, and nobody added again, is out. */
function notRemoved(sim: Simulation, witnesses: readonly Witness[]): readonly Broken[] {
  const { acts } = sim.ledger;
  return acts.flatMap((one, i): readonly Broken[] => {
    const later = acts.slice(i + 1).filter(({ conversation }) => conversation === one.conversation);
    // Another's wish to add may be older and yet come true later.
    const older = acts.slice(0, i).filter(({ kind, by }) => kind === "add" && by !== one.by);
    const undone = [...later, ...older].some(
      ({ kind, account, conversation }) =>
        kind !== "remove" && account === one.account && conversation === one.conversation,
    );
    const demoted = acts.some(({ kind, conversation }) => kind === "role" && conversation === one.conversation);
    const by = witnesses.find(({ person }) => person === one.by);
    const standing = by?.standings.get(one.conversation);
    if (one.kind !== "remove" || !one.taken || undone || demoted || by?.alive !== true || standing?.inside !== true)
      return [];
    if (!membersAt(by.person.disk, standing.bytes).has(one.account)) return [];
    return [
      { invariant: "I8", why: `${label(one.account)} was removed from ${label(one.conversation)} and is still there` },
    ];
  });
}
