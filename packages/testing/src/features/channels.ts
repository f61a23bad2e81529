/**
 * Channels: published, spoken of and withdrawn, by several authors too; a home that decides in the open, or leaves
 * something out for one person; and taste, which is forgotten.
 */
import type { ChannelCommentView, ChannelFilmView, Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";
import { type Act, anybody, label } from "../sim/acts/act.ts";
import type { Person } from "../world/person.ts";

const channelsMax = 2;
const pictureBytes = 700;

const ownOf = (person: Person) => person.view("channelsMine").channels;
const shownIn = (person: Person, channel: Hex) => person.view("channel", channel)?.films ?? [];
const known = (person: Person): readonly ChannelFilmView[] =>
  person.view("channelsFeed", { tab: "for-you", limit: 100 }).films;
const contactsOf = (person: Person) => person.view("contacts").filter(({ blocked }) => !blocked);

const found: Act = (sim) => {
  const person = anybody(sim, (one) => ownOf(one).length < channelsMax);
  if (person === undefined) return undefined;
  const name = `channel ${sim.channels.names++} by ${person.device}`;
  sim.ask(person, "found a channel", (api) => api.createChannel({ name }));
  return `${person.device} founds "${name}"`;
};

const publish: Act = (sim) => {
  const person = anybody(sim, (one) => ownOf(one).length > 0);
  const account = person && sim.ledger.accountOf(person);
  if (person === undefined || account === undefined) return undefined;
  const { id, name } = sim.chance.pick(ownOf(person));
  const said = sim.channels.say(sim, { by: person, account, channel: id, what: "film" });
  const source = new Blob([new Uint8Array(pictureBytes).map((_, at) => at * said.number)]);
  const pictures = [{ source, mime: "image/webp" as const, width: 4, height: 3 }];
  sim.ask(
    person,
    "publish",
    (api) => api.publishPictures(id, { title: said.text, pictures, thumbhash: new Uint8Array() }),
    () => {
      said.isKept = true;
    },
  );
  return `${person.device} publishes "${said.text}" in ${name}`;
};

/** By whichever author. */
const withdraw: Act = (sim) => {
  const may = (person: Person) => ownOf(person).flatMap(({ id }) => shownIn(person, id));
  const person = anybody(sim, (one) => may(one).length > 0);
  const film = person && sim.chance.pick(may(person));
  if (person === undefined || film === undefined) return undefined;
  sim.channels.withdrawn(film.title);
  sim.ask(person, "withdraw", (api) => api.deleteEntry(film.entry));
  return `${person.device} withdraws "${film.title}"`;
};

const comment: Act = (sim) => {
  const person = anybody(sim, (one) => known(one).length > 0);
  const account = person && sim.ledger.accountOf(person);
  if (person === undefined || account === undefined) return undefined;
  const film = sim.chance.pick(known(person));
  const said = sim.channels.say(sim, { by: person, account, channel: undefined, what: "comment" });
  const penName = `pen ${sim.channels.names++} of ${person.device}`;
  sim.ask(
    person,
    "comment",
    (api) => api.commentFilm(film.entry, said.text, { penName }),
    () => {
      said.isKept = true;
    },
  );
  return `${person.device} says "${said.text}" on "${film.title}"`;
};

/** A comment on an own film is hidden, or shown again. */
const hide: Act = (sim) => {
  type At = { readonly film: ChannelFilmView; readonly one: ChannelCommentView };
  const may = (person: Person): readonly At[] =>
    ownOf(person)
      .flatMap(({ id }) => shownIn(person, id))
      .flatMap((film) => {
        const { comments } = person.view("channelComments", film.entry);
        return comments.flatMap((one) => (one.state === "here" ? [{ film, one }] : []));
      });
  const person = anybody(sim, (one) => may(one).length > 0);
  const at = person && sim.chance.pick(may(person));
  if (person === undefined || at === undefined) return undefined;
  const { film, one } = at;
  sim.ask(person, "hide", (api) => api.hideChannelComment(one.entry, !one.isHidden));
  return `${person.device} ${one.isHidden ? "shows" : "hides"} a comment on "${film.title}"`;
};

const askAuthor: Act = (sim) => {
  const person = anybody(sim, (one) => ownOf(one).length > 0 && contactsOf(one).length > 0);
  if (person === undefined) return undefined;
  const { id, name } = sim.chance.pick(ownOf(person));
  const { account } = sim.chance.pick(contactsOf(person));
  sim.channels.asks(id, account);
  sim.ask(person, "ask an author", (api) => api.askAuthor(id, account));
  return `${person.device} asks ${label(account)} to publish in ${name}`;
};

const answerAuthor: Act = (sim) => {
  const openTo = (person: Person) => person.view("channelsMine").askings.filter(({ hasAgreed }) => !hasAgreed);
  const person = anybody(sim, (one) => openTo(one).length > 0);
  const asking = person && sim.chance.pick(openTo(person));
  if (person === undefined || asking === undefined) return undefined;
  const isYes = sim.chance.next() < 0.8;
  sim.ask(person, "answer", (api) => api.answerAuthorAsking(asking.channel, asking.by.account, isYes));
  return `${person.device} says ${isYes ? "yes" : "no"} to ${asking.name}`;
};

const removeAuthor: Act = (sim) => {
  const several = (person: Person) =>
    ownOf(person).flatMap(({ id, name }) => {
      const authors = person.view("channelAuthors", id)?.authors ?? [];
      return authors.length > 1 ? authors.map(({ key }) => ({ id, name, key })) : [];
    });
  const person = anybody(sim, (one) => several(one).length > 0);
  const at = person && sim.chance.pick(several(person));
  if (person === undefined || at === undefined) return undefined;
  sim.ask(person, "remove an author", (api) => api.removeAuthor(at.id, at.key));
  return `${person.device} removes an author of ${at.name}`;
};

const look: Act = (sim) => {
  const person = anybody(sim);
  if (person === undefined) return undefined;
  sim.ask(person, "look", (api) => api.lookAtChannels());
  return `${person.device} looks at Channels`;
};

/** One page more, or the newest again. */
const turn: Act = (sim) => {
  const person = anybody(sim, (one) => known(one).length > 0);
  if (person === undefined) return undefined;
  const isNext = sim.chance.next() < 0.5;
  sim.ask(person, "turn", (api) => (isNext ? api.nextPage() : api.firstPage()));
  return `${person.device} turns to ${isNext ? "one page more" : "the newest page"}`;
};

const watch: Act = (sim) => {
  const person = anybody(sim, (one) => known(one).length > 0);
  if (person === undefined) return undefined;
  const film = sim.chance.pick(known(person));
  const kind = sim.chance.next();
  sim.ask(person, "watch", async (api) => {
    await api.showsFilm(film.entry);
    if (kind < 0.5) await api.watchedFilm(film.entry, { ms: 9_000, finished: true });
    else if (kind < 0.8) await api.watchedFilm(film.entry, { ms: 100, finished: false });
    else await api.notInterested(film.entry);
  });
  return `${person.device} ${kind < 0.5 ? "watches" : kind < 0.8 ? "passes" : "turns away"} "${film.title}"`;
};

const forget: Act = (sim) => {
  const person = anybody(sim);
  if (person === undefined) return undefined;
  sim.ask(person, "forget", (api) => api.forgetTaste());
  return `${person.device} forgets its taste`;
};

/** The operator decides in the open: with a reason, and where to object. */
const decide: Act = (sim) => {
  const person = anybody(sim, (one) => known(one).length > 0);
  if (person === undefined || !sim.world.isServerUp) return undefined;
  const { entry, title } = sim.chance.pick(known(person));
  const before = sim.channels.decisionOn(entry);
  const action = before?.action === "remove" ? "restore" : sim.chance.next() < 0.6 ? "remove" : "label";
  const reason = `reason ${sim.channels.names++}`;
  const act = sim.world.server.featureActs()[`channels-${action}`];
  if (act === undefined) return undefined;
  const told = sim.channels.decides({ entry, action, reason });
  Promise.resolve(act({ entry, reason, appeal: "office@example.org" })).then(told.done, told.refused);
  return `home decides: ${action} "${title}"`;
};

/** Home leaves the next film out for one person: of the packs that it shows that device. */
const leaveOut: Act = (sim) => {
  const person = anybody(sim, (one) => !sim.channels.isLeftOut(one));
  if (person === undefined) return undefined;
  sim.channels.leaveOutNext(person);
  return `home leaves the next film out for ${person.device}`;
};

export const channels = testFeature({
  acts: [
    [2, "channels", found],
    [8, "channels", publish],
    [2, "channels", withdraw],
    [4, "channels", comment],
    [1.5, "channels", hide],
    [2, "channels", askAuthor],
    [5, "channels", answerAuthor],
    [1, "channels", removeAuthor],
    [8, "channels", look],
    [1.5, "channels", turn],
    [4, "channels", watch],
    [1, "channels", forget],
    [1.5, "channels", decide],
    [0.5, "channels", leaveOut],
  ],
});
