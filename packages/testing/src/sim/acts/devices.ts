/** Devices: linked as a person would, step by step while the rest of the simulation goes on; and revoked. */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { stepOf } from "../../world/world.ts";
import { accountOf, deviceOf, listedAtServer, standings } from "../disk.ts";
import { isMending, noteSevered } from "../losses.ts";
import type { Script, Simulation } from "../simulation.ts";
import { type Act, anybody, label } from "./act.ts";

const devicesMax = 2;
const peopleWithTwoMax = 2;
/** Steps after which the person gives up. */
const patience = 60;

function listedCount(sim: Simulation, person: Person): number {
  const account = accountOf(person.disk);
  return account === undefined ? 0 : listedAtServer(sim.world, account).length;
}

export const link: Act = async (sim) => {
  if (sim.linking || sim.people.filter((one) => listedCount(sim, one) > 1).length >= 2 * peopleWithTwoMax)
    return undefined;
  const old = anybody(sim, (one) => listedCount(sim, one) < devicesMax);
  if (old === undefined) return undefined;
  const fresh = await (sim.homes?.device(old.name, old) ?? sim.world.device(old.name));
  sim.linking = true;
  sim.scripts.add(linking(sim, old, fresh));
  return `${old.device} links ${fresh.device}`;
};

/** What the person does next, as the two screens say. */
function linking(sim: Simulation, old: Person, fresh: Person): Script {
  const clients = { old: old.client, fresh: fresh.client };
  let scanned = false;
  let confirmed = false;
  let stepsLeft = patience;
  sim.ask(fresh, "startLinking", (api) => api.startLinking());
  const ended = (): boolean => {
    const lost = !old.isOn || !fresh.isOn || old.client !== clients.old || fresh.client !== clients.fresh;
    if (lost || stepsLeft-- === 0) return true;
    const shown = fresh.view("linking");
    if (shown.side === "new" && shown.step === "show" && !scanned) {
      scanned = true;
      sim.ask(old, "scanDevice", (api) => api.scanDevice(shown.link));
    }
    if (scanned && !confirmed && stepOf(old) === "compare" && stepOf(fresh) === "compare") {
      confirmed = true;
      const mine = old.view("linking");
      if (JSON.stringify(wordsIn(mine)) !== JSON.stringify(wordsIn(shown))) sim.bug("linking", "the words differ");
      sim.ask(fresh, "confirmJoin", (api) => api.confirmJoin(true));
      sim.ask(old, "confirmWords", (api) => api.confirmWords(true));
    }
    return stepOf(fresh) === "stopped" || stepOf(old) === "stopped" || stepOf(fresh) === "done";
  };
  return () => {
    if (!ended()) return false;
    sim.linking = false;
    return true;
  };
}

function wordsIn(view: object): unknown {
  return "words" in view ? view.words : undefined;
}

export const revoke: Act = (sim) => {
  if (sim.linking) return undefined;
  const person = anybody(sim, (one) => listedCount(sim, one) > 1);
  if (person === undefined) return undefined;
  const mine = deviceOf(person.disk);
  const others = person.view("devices").filter(({ device }) => device !== mine && isWhere(sim, person, device));
  if (others.length === 0) return undefined;
  const { device } = sim.chance.pick(others);
  revokeBy(sim, person, device);
  return `${person.device} revokes ${label(device)}`;
};

export function revokeBy(sim: Simulation, person: Person, device: Hex): void {
  const other = sim.people.find((one) => deviceOf(one.disk) === device);
  if (other !== undefined) noteSevered(sim, other); // What it takes back from now on reaches nobody.
  sim.ask(person, "revoke", (api) => api.revokeDevice(device));
}

/**
 * Whether `person`'s device is everywhere where the other is. One that came a moment ago and revokes the only
 * device with leaves in a conversation has nobody there to tell it to; its person finds out and asks again.
 */
function isWhere(sim: Simulation, person: Person, device: Hex): boolean {
  const other = sim.people.find((one) => deviceOf(one.disk) === device);
  return other === undefined || knowsAllOf(person, other);
}

export function knowsAllOf(person: Person, other: Person): boolean {
  const mine = new Set(insides(person));
  return !isAsking(other) && insides(other).every((conversation) => mine.has(conversation));
}

/**
 * It may be let in after it was revoked, where nobody hears of that: who leads has its account's list from its asking.
 */
function isAsking({ disk }: Person): boolean {
  return disk.get("SELECT 1 FROM joins WHERE state IN ('asking', 'waiting')") !== undefined;
}

/** Also where a founding is only planned: no other device would hear of it. */
function insides(person: Person): readonly Hex[] {
  return standings(person.disk)
    .filter(({ inside, state }) => inside || state === "forming" || state === "open" || state === "request-out")
    .map(({ conversation }) => conversation);
}

/** One that was revoked meanwhile does not any more. */
function isComingBack(person: Person): boolean {
  return person.isOn && isMending(person) && person.view("status").phase !== "signed-out";
}

/**
 * A device that is listed and on which nobody lives, because its linking was cut short, or its disk is an old copy that
 * home refuses. The person revokes it.
 */
export function revokePhantoms(sim: Simulation): number {
  const changing = new Set(sim.people.filter(isComingBack).map((one) => sim.ledger.accountOf(one)));
  const living = new Set(sim.people.filter((one) => !sim.restored.has(one)).map(({ disk }) => deviceOf(disk)));
  let phantoms = 0;
  const seen = new Set<string>();
  for (const person of sim.people) {
    const account = accountOf(person.disk);
    if (account === undefined || !person.isOn || seen.has(toHex(account)) || changing.has(toHex(account))) continue;
    const listed = listedAtServer(sim.world, account);
    if (sim.restored.has(person) || !listed.includes(deviceOf(person.disk) ?? "")) continue;
    seen.add(toHex(account));
    for (const device of listed.filter((one) => !living.has(one))) {
      phantoms++;
      if (person.view("devices").some((one) => one.device === device))
        sim.ask(person, "revoke a phantom", (api) => api.revokeDevice(device));
    }
  }
  return phantoms;
}
