/** Live: a member shows in a group, others watch, and whatever befalls the group meanwhile. */
import type { Hex } from "@yanshu/client";
import { utf8 } from "@yanshu/wire";
import { testFeature } from "../feature.ts";
import { type Act, anybody, groupWhere, isAwake, label } from "../sim/acts/act.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { Person } from "../world/person.ts";

/** A device that notices a removal draws another key at its next half second. */
const stepMs = 1_000;

const membersOf = (person: Person, group: Hex): ReadonlySet<Hex> =>
  new Set(person.view("conversation", group)?.members.map(({ account }) => account) ?? []);

const showing = (person: Person) => (isAwake(person) ? person.view("live").showing : undefined);

/** Those who left a moment ago are counted: the device that shows has a second to notice (CA168). */
function showPiece(sim: Simulation, person: Person): void {
  const now = showing(person);
  if (now?.isIn !== true) return;
  const { live, conversation } = now;
  const before = membersOf(person, conversation);
  sim.world.clock.after(stepMs, () => {
    if (showing(person)?.live !== live) return;
    const word = sim.lives.piece(new Set([...before, ...membersOf(person, conversation)]));
    sim.ask(person, "live piece", (api) => api.showLivePiece(live, 1, utf8(word)));
  });
}

/** Plays for as long as that device is on and watches. */
function play(sim: Simulation, person: Person, live: Hex): void {
  const { client } = person;
  sim.ask(
    person,
    "live play",
    (api) => api.takeLive(live),
    (pieces) => {
      if (pieces !== undefined && person.client === client) play(sim, person, live);
    },
  );
}

const start: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.members.length > 2);
  if (at === undefined || !at.person.view("live").areThere) return undefined;
  if (sim.people.some((one) => showing(one) !== undefined)) return undefined;
  const { person, conversation } = at;
  sim.ask(
    person,
    "live",
    (api) => api.startLive(conversation, "", "page"),
    (live) => {
      sim.ask(person, "live head", (api) => api.showLiveHead(live, 1, "video/mp4", utf8("head")));
      sim.lives.record(sim.world, live);
    },
  );
  let left = 6 + sim.chance.below(20);
  // After each step: something is shown, until the person has had enough, or it ended by itself.
  sim.scripts.add(() => {
    sim.lives.sample(sim.people);
    if (left-- > 0) {
      showPiece(sim, person);
      return false;
    }
    if (showing(person) !== undefined) sim.ask(person, "live end", (api) => api.endLive());
    return true;
  });
  return `${person.device} shows in ${label(conversation)}`;
};

const watch: Act = (sim) => {
  const host = sim.people.find((one) => showing(one)?.isIn === true);
  const now = host && showing(host);
  if (now === undefined) return undefined;
  const person = anybody(
    sim,
    (one) => one.account !== host?.account && one.view("conversation", now.conversation)?.state === "open",
  );
  if (person === undefined) return undefined;
  sim.ask(
    person,
    "live watch",
    async (api) => {
      await api.livesIn(now.conversation);
      await api.watchLive(now.conversation, now.live, "page");
      return now.live;
    },
    (live) => play(sim, person, live),
  );
  return `${person.device} watches`;
};

/** Home begins anew in its midst: what it records from then on is another room of that name. */
const recordAgain: Act = (sim) => {
  const now = sim.people.map(showing).find((one) => one?.isIn === true);
  if (now === undefined) return undefined;
  sim.lives.record(sim.world, now.live);
  return "home records again";
};

const leave: Act = (sim) => {
  const person = anybody(sim, (one) => one.view("live").watching !== undefined);
  if (person === undefined) return undefined;
  sim.ask(person, "live leave", (api) => api.leaveLive());
  return `${person.device} watches no more`;
};

export const live = testFeature({
  acts: [
    [6, "live", start],
    [6, "live", watch],
    [1, "live", leave],
    [1, "live", recordAgain],
  ],
});
