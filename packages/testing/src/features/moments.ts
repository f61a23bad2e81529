/** Moments: posted for some, spoken of, taken back; friends are made chats only, or shown nothing, and let back. */
import type { Hex, MomentAudience, MomentView } from "@yanshu/client";
import { fromHex, toHex } from "@yanshu/wire";
import { testFeature } from "../feature.ts";
import { type Act, anybody, label } from "../sim/acts/act.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { Person } from "../world/person.ts";

type Remark = Simulation["moments"]["remarks"][number];

const feedOf = (person: Person) => person.view("momentsFeed", { limit: 100 }).posts;
const friendsOf = (person: Person) => person.view("contacts").filter(({ blocked }) => !blocked);

function audience({ chance }: Simulation, person: Person): MomentAudience {
  const kind = chance.next();
  if (kind < 0.5) return { who: "all" };
  if (kind > 0.92) return { who: "me" };
  const people = friendsOf(person)
    .map(({ account }) => account)
    .filter(() => chance.next() < 0.5);
  return { who: kind < 0.7 ? "only" : "except", people };
}

const post: Act = (sim) => {
  const person = anybody(sim);
  const account = person && sim.ledger.accountOf(person);
  if (person === undefined || account === undefined) return undefined;
  const { moments, chance } = sim;
  const posted = {
    text: `moment ${moments.posts.length} by ${person.device}.`,
    by: person,
    account,
    atMs: sim.world.clock.nowMs(),
    audience: audience(sim, person),
    told: new Set<Hex>(),
    id: undefined as Hex | undefined,
    isGone: false,
  };
  moments.posts.push(posted);
  moments.noteTold(sim, posted);
  const picture = { type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
  const pictures = chance.next() < 0.2 ? [{ ...picture, source: new Blob([new Uint8Array(6_000)]) }] : [];
  sim.ask(
    person,
    "post",
    (api) => api.postMoment({ text: posted.text, pictures, audience: posted.audience }),
    (id) => {
      moments.noteTold(sim, posted);
      posted.id = id;
    },
  );
  return `${person.device} posts "${posted.text}" for ${posted.audience.who}`;
};

/** A post on somebody's screen that the ledger knows. */
function shown(sim: Simulation, fits: (post: MomentView) => boolean) {
  const known = (one: MomentView) => sim.moments.postOf(one.id) !== undefined && fits(one);
  const person = anybody(sim, (one) => feedOf(one).some(known));
  const view = person && sim.chance.pick(feedOf(person).filter(known));
  const posted = view && sim.moments.postOf(view.id);
  return person === undefined || posted === undefined || view === undefined ? undefined : { person, view, posted };
}

const comment: Act = (sim) => {
  const at = shown(sim, () => true);
  const account = at && sim.ledger.accountOf(at.person);
  if (at === undefined || account === undefined) return undefined;
  const { person, view, posted } = at;
  const others = view.comments.flatMap(({ id }) => sim.moments.remarkOf(id) ?? []);
  const answers = others.length > 0 && sim.chance.next() < 0.4 ? sim.chance.pick(others) : undefined;
  const remark: Remark = {
    by: person,
    account,
    post: posted,
    atMs: sim.world.clock.nowMs(),
    text: `remark ${sim.moments.remarks.length} by ${person.device}.`,
    answers,
    id: undefined,
  };
  sim.moments.remarks.push(remark);
  sim.ask(
    person,
    "comment",
    (api) => api.commentMoment(view.id, remark.text, answers?.id),
    (id) => {
      remark.id = id;
    },
  );
  return `${person.device} says "${remark.text}" on "${posted.text}"${answers === undefined ? "" : ` to "${answers.text}"`}`;
};

const like: Act = (sim) => {
  const at = shown(sim, () => true);
  if (at === undefined) return undefined;
  const { person, view, posted } = at;
  sim.ask(person, "like", (api) => (view.isLikedByMe ? api.unlikeMoment(view.id) : api.likeMoment(view.id)));
  return `${person.device} ${view.isLikedByMe ? "takes back its like of" : "likes"} "${posted.text}"`;
};

/** Own words are taken back, and words on own posts hidden: those first that others have read. */
const takeAway: Act = (sim) => {
  const may = (view: MomentView) => {
    const mine = view.comments.filter((one) => one.may !== undefined && sim.moments.remarkOf(one.id) !== undefined);
    const isRead = (id: Hex) =>
      sim.people.some((other) => {
        const row = other.disk.get<{ author: Uint8Array }>("SELECT author FROM moment_words WHERE id = ?", fromHex(id));
        return (
          row !== undefined && ![toHex(row.author), view.author.account].includes(sim.ledger.accountOf(other) ?? "")
        );
      });
    const read = mine.filter(({ id }) => isRead(id));
    return read.length > 0 ? read : mine;
  };
  const at = shown(sim, (view) => may(view).length > 0);
  const word = at && sim.chance.pick(may(at.view));
  const remark = word && sim.moments.remarkOf(word.id);
  const account = at && sim.ledger.accountOf(at.person);
  if (at === undefined || account === undefined || word === undefined || remark === undefined) return undefined;
  remark.gone ??= { by: at.person, account, atMs: sim.world.clock.nowMs() };
  const isOwn = word.may === "delete";
  sim.ask(at.person, "take away", (api) => (isOwn ? api.deleteMomentComment(word.id) : api.hideMomentComment(word.id)));
  return `${at.person.device} ${isOwn ? "takes back" : "hides"} "${remark.text}"`;
};

const withdraw: Act = (sim) => {
  const at = shown(sim, ({ mine }) => mine !== undefined);
  if (at === undefined) return undefined;
  const { person, view, posted } = at;
  posted.isGone = true;
  const isKept = sim.chance.next() < 0.4;
  sim.ask(person, "withdraw", (api) => (isKept ? api.makeMomentPrivate(view.id) : api.deleteMoment(view.id)));
  return `${person.device} ${isKept ? "keeps for itself" : "deletes"} "${posted.text}"`;
};

const look: Act = (sim) => {
  const person = anybody(sim);
  if (person === undefined) return undefined;
  sim.ask(person, "look", (api) => api.lookAtMoments());
  return `${person.device} looks at Moments`;
};

const change: Act = (sim) => {
  const person = anybody(sim, (one) => friendsOf(one).length > 0);
  if (person === undefined) return undefined;
  const { account } = sim.chance.pick(friendsOf(person));
  const held = person.view("momentsWith", account);
  const which = sim.chance.next() < 0.5 ? "chatsOnly" : "hidesMine";
  sim.ask(person, "change", (api) => api.setMomentsWith(account, { [which]: !held[which] }));
  return `${person.device} sets ${which} of ${label(account)} ${held[which] ? "off" : "on"}`;
};

export const moments = testFeature({
  acts: [
    [8, "moments", post],
    [9, "moments", comment],
    [3, "moments", like],
    [2, "moments", takeAway],
    [2, "moments", withdraw],
    [10, "moments", look],
    [1.5, "moments", change],
  ],
});
