/** Coming back by two of three helpers: who they are, what they keep, the day in between, and who may say no. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readMeta } from "@yanshu/store";
import { type Person, World, type WorldOptions } from "../index.ts";

setDefaultTimeout(90_000);

/** Long enough for what was said, and for the recovery record, to reach home. */
const soonMs = 60_000;
const dayMs = 86_400_000;

/** 外婆, whom 妈妈, 小明 and 舅舅 help; and 隔壁, whom she knows as well. */
async function family(options: WorldOptions = {}) {
  const world = new World(options);
  const grandma = await world.person("外婆");
  const [mum, ming, uncle, neighbour] = [
    await world.person("妈妈"),
    await world.person("小明"),
    await world.person("舅舅"),
    await world.person("隔壁"),
  ];
  const helpers = [mum, ming, uncle] as const;
  const chats = [
    await world.befriend(grandma, mum),
    await world.befriend(grandma, ming),
    await world.befriend(grandma, uncle),
  ] as const;
  await world.befriend(grandma, neighbour);
  await choose(world, grandma, helpers);
  return { world, grandma, mum, ming, uncle, neighbour, helpers, chats };
}

async function choose(world: World, who: Person, helpers: readonly Person[]): Promise<void> {
  await world.during(who.api.chooseFamily({ helpers: helpers.map(({ account }) => account) }));
  await world.until("all keep it", () => {
    const shown = who.view("family").helpers;
    return shown.length === 3 && shown.every(({ isKept }) => isKept);
  });
}

function meeting(fresh: Person) {
  const { back } = fresh.view("family");
  return back.step === "pieces" ? back.meeting : undefined;
}

function code(fresh: Person): string {
  const met = meeting(fresh);
  if (met?.kind !== "code") throw new Error("no code is shown");
  return met.link;
}

/** The helper opens the code, both compare the words over the telephone, and the piece goes. */
async function help(world: World, fresh: Person, helper: Person, account: string): Promise<void> {
  if (meeting(fresh)?.kind !== "code") await world.during(fresh.api.meetHelper());
  await world.during(helper.api.helpBack({ account, link: code(fresh) }));
  await world.until("both see words", () => {
    const { helping } = helper.view("family");
    return helping.step === "compare" && meeting(fresh)?.kind === "compare";
  });
  const { helping } = helper.view("family");
  const met = meeting(fresh);
  expect(helping.step === "compare" && met?.kind === "compare" ? helping.words : []).toEqual(
    met?.kind === "compare" ? met.words : [-1],
  );
  await world.during(helper.api.confirmHelp(true));
  await world.pass(2_000);
}

const backStep = (fresh: Person) => fresh.view("family").back.step;

type Piece = { readonly piece: Uint8Array; readonly check_of: Uint8Array };

function pieceOf(person: Person): Piece {
  const row = person.disk.get<Piece>("SELECT piece, check_of FROM pieces");
  if (row === undefined) throw new Error("no piece is kept");
  return { piece: row.piece, check_of: row.check_of };
}

function putPiece(person: Person, { piece, check_of }: Piece): void {
  person.disk.run("UPDATE pieces SET piece = ?, check_of = ?", piece, check_of);
}

function pieceLines(person: Person, conversation: string): readonly string[] {
  return person
    .items(conversation)
    .flatMap(({ body }) =>
      body.kind === "system" && body.line.kind === "family-piece"
        ? [`${body.line.who.name} ${body.line.of.name} ${body.line.isOn}`]
        : [],
    );
}

test("[ID36] [ID37] [ID38] a person who lost every device comes back by two of three helpers, a day later, and has everything again", async () => {
  const { world, grandma, mum, uncle, chats } = await family({ seed: 500 });
  expect(pieceLines(mum, chats[0])).toEqual(["妈妈 外婆 true"]);
  expect(pieceLines(grandma, chats[0])).toEqual(["妈妈 外婆 true"]);
  expect(mum.view("family").keptFor.map(({ name }) => name)).toEqual(["外婆"]);
  await mum.say(chats[0], "晚上回来");
  await world.until("she reads", () => grandma.reads(chats[0]).includes("晚上回来"));
  await world.pass(soonMs);
  const { account } = grandma;
  grandma.crash();

  const phone = await world.device("外婆");
  await help(world, phone, mum, account);
  expect(phone.view("family").back).toMatchObject({ step: "pieces", helped: ["妈妈"] });
  phone.crash(); // What she has is kept.
  await phone.switchOn();
  expect(phone.view("family").back).toMatchObject({ step: "pieces", helped: ["妈妈"] });
  await help(world, phone, uncle, account);
  await world.until("home was asked", () => backStep(phone) === "waiting");
  await world.pass(1_000);
  const { back } = phone.view("family");
  expect(back.step === "waiting" && (back.dueAtMs ?? 0) - world.clock.nowMs()).toBeGreaterThan(dayMs - 60_000);
  const early = phone.api.restoreAccount({ family: true, areOthersLost: true });
  expect(await early.catch((error: { code: string }) => error.code)).toBe("no-account");
  await world.pass(dayMs / 2);
  phone.crash();
  await phone.switchOn();
  await world.pass(dayMs / 2 - 120_000);
  expect(backStep(phone)).toBe("waiting");
  await world.until("the day is over", () => backStep(phone) === "ready", 300_000);
  await world.during(phone.api.restoreAccount({ family: true, areOthersLost: true }));
  await world.until("the account is hers", () => phone.view("status").me?.name === "外婆");
  expect(phone.account).toBe(account);
  await world.until("history is there", () => phone.reads(chats[0]).includes("晚上回来"), 120_000);
  expect(readMeta(phone.disk, "family-back")).toBeUndefined(); // Nothing of it stays.
  await phone.say(chats[0], "我回来了");
  await world.until("mum reads", () => mum.reads(chats[0]).includes("我回来了"), 120_000);
  await world.until("who helps is known again", () => phone.view("family").helpers.length === 3, 120_000);
  expect(phone.view("family").helpers.every(({ isKept }) => isKept)).toBe(true);
  expect(world.bugs()).toEqual([]);
});

test("[ID36] [ID37] home, the chooser's own devices and what they repeat never have a piece", async () => {
  const { world, grandma, mum, chats } = await family({ seed: 501 });
  const tablet = await world.linkDevice(grandma);
  await world.until("the tablet is in", () => tablet.view("conversation", chats[0])?.state === "open");
  await world.pass(soonMs);
  const [{ piece } = { piece: undefined }] = mum.disk.all<{ piece: Uint8Array }>("SELECT piece FROM pieces");
  const secretPart = piece?.slice(1) ?? new Uint8Array();
  expect(secretPart).toHaveLength(32);
  const holds = (person: Person) => Buffer.from(person.takeSnapshot()).includes(secretPart);
  expect(holds(mum)).toBe(true);
  expect([holds(grandma), holds(tablet)]).toEqual([false, false]);
  expect(grandma.disk.all("SELECT 1 FROM outbox")).toEqual([]);
});

test("[ID39] each own device is told at once and may say no; a person who asks is told, and may ask anew", async () => {
  const { world, grandma, mum, ming } = await family({ seed: 502 });
  const { account } = grandma;
  const thief = await world.device("不认识");
  await help(world, thief, mum, account);
  await help(world, thief, ming, account);
  await world.until("she is told", () => grandma.view("status").familyAsk !== undefined);
  expect(grandma.view("status").familyAsk?.dueAtMs).toBeGreaterThan(world.clock.nowMs() + dayMs - 120_000);
  grandma.crash();
  await grandma.switchOn(); // And at each sign-in.
  await world.until("she is told again", () => grandma.view("status").familyAsk !== undefined);
  await world.during(grandma.api.stopFamily());
  await world.until("it is over for her", () => grandma.view("status").familyAsk === undefined);
  await world.until("the other is told", () => backStep(thief) === "over", 700_000);
  expect(thief.view("family").back).toMatchObject({ step: "over", why: "stopped" });
  await world.pass(2 * dayMs);
  const refused = world.during(thief.api.restoreAccount({ family: true, areOthersLost: true }));
  expect(await refused.catch((error: { code: string }) => error.code)).toBe("no-account");
  await thief.api.askFamilyAgain();
  await world.until("it begins anew", () => grandma.view("status").familyAsk !== undefined);
  expect(grandma.view("status").familyAsk?.dueAtMs).toBeGreaterThan(world.clock.nowMs() + dayMs - 120_000);
  await world.during(grandma.api.endFamily({})); // Nobody helps any more: what they have opens nothing.
  await world.until("it is told so", () => backStep(thief) === "over", 700_000);
  expect(thief.view("family").back).toMatchObject({ why: "none" });
  await world.until("mum keeps nothing", () => mum.view("family").keptFor.length === 0);
  expect(world.bugs()).toEqual([]);
});

test("[ID39] [DS67] [PU4] a device that is away is woken once when somebody begins, and then shows it", async () => {
  const woken: string[] = [];
  const push = {
    publicKey: new Uint8Array(65).fill(4),
    allows: () => true,
    send: async ({ endpoint }: { readonly endpoint: string }) => {
      woken.push(endpoint);
      return "sent" as const;
    },
  };
  const { world, grandma, mum, ming } = await family({ seed: 508, push });
  const { account } = grandma;
  const endpoint = "https://push.example/grandma";
  await world.during(
    grandma.api.subscribePush({ endpoint, key: new Uint8Array(65).fill(4), secret: new Uint8Array(16).fill(5) }),
  );
  await world.pass(5_000);
  grandma.crash();
  woken.splice(0);
  const thief = await world.device("不认识");
  await help(world, thief, mum, account);
  await help(world, thief, ming, account);
  await world.until("it begins", () => backStep(thief) === "waiting");
  await world.pass(dayMs / 2);
  expect(woken).toEqual([endpoint]); // Not at each time that the other asks again.
  await grandma.switchOn();
  await world.until("she sees it", () => grandma.view("status").familyAsk !== undefined);
});

test("[ID38] one piece is not enough; nor the same helper twice, nor a piece of somebody else's", async () => {
  const { world, grandma, mum, uncle, neighbour, helpers } = await family({ seed: 503 });
  const { account } = grandma;
  await world.befriend(neighbour, helpers[0]);
  await world.befriend(neighbour, helpers[2]);
  await world.befriend(neighbour, helpers[1]);
  await choose(world, neighbour, helpers);
  grandma.crash();
  const phone = await world.device("外婆");
  await help(world, phone, mum, account);
  await help(world, phone, mum, account);
  expect(phone.view("family").back).toMatchObject({ step: "pieces", helped: ["妈妈"], fault: "same-helper" });
  await help(world, phone, uncle, neighbour.account); // He picked the wrong person.
  expect(phone.view("family").back).toMatchObject({ step: "pieces", helped: ["妈妈"], fault: "another-person" });
  await world.pass(2 * dayMs);
  expect(backStep(phone)).toBe("pieces");
  expect(neighbour.view("status").familyAsk).toBeUndefined();
  const refused = world.during(phone.api.restoreAccount({ family: true, areOthersLost: true }));
  expect(await refused.catch((error: { code: string }) => error.code)).toBe("no-account");
  await phone.api.cancelFamilyBack();
  expect(phone.view("family").back).toEqual({ step: "none" });
  expect(readMeta(phone.disk, "family-back")).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[ID38] only a person who sees the same words is answered: the helper says no, or somebody else opened the code", async () => {
  const { world, grandma, mum, ming } = await family({ seed: 504 });
  const { account } = grandma;
  const phone = await world.device("外婆");
  await world.during(phone.api.meetHelper());
  const link = code(phone);
  await world.during(mum.api.helpBack({ account, link }));
  await world.until("words", () => mum.view("family").helping.step === "compare");
  await world.during(ming.api.helpBack({ account, link })); // Too late: only the first is answered.
  await world.pass(5_000);
  expect(ming.view("family").helping.step).toBe("waiting");
  await world.during(mum.api.confirmHelp(false));
  await world.until("she is told", () => phone.view("family").back.step === "pieces" && meeting(phone) === undefined);
  expect(phone.view("family").back).toMatchObject({ helped: [], fault: "words-differ" });
  expect(mum.view("family").helping).toMatchObject({ step: "stopped", why: "words-differ" });
  const late = ming.api.confirmHelp(true);
  expect(await late.catch((error: { code: string }) => error.code)).toBe("link-expired");
  await world.pass(700_000); // A code is good for ten minutes.
  expect(ming.view("family").helping).toMatchObject({ step: "stopped", why: "link-expired" });
  expect(world.bugs()).toEqual([]);
});

test("[ID37] other helpers void what the former ones keep, and who goes is told; the card can choose as well", async () => {
  const { world, grandma, mum, ming, uncle, neighbour, chats } = await family({ seed: 505 });
  const { account } = grandma;
  const { words } = await grandma.api.recoveryCard();
  const card = words.join(" ");
  const former = [mum, ming].map((one) => ({ one, ...pieceOf(one) })); // From an old copy of their devices.
  await grandma.api.confirmCard([0, 23].map((place) => ({ place, word: words[place] ?? "" })));
  const wanted = [mum, ming, neighbour].map((one) => one.account);
  const refused = grandma.api.chooseFamily({ helpers: wanted });
  // The key is on the card alone.
  expect(await refused.catch((error: { code: string }) => error.code)).toBe("not-allowed");
  await world.during(grandma.api.chooseFamily({ helpers: wanted, by: { card } }));
  await world.until("all keep it", () => grandma.view("family").helpers.every(({ isKept }) => isKept));
  await world.until("uncle keeps nothing", () => uncle.view("family").keptFor.length === 0);
  expect(pieceLines(uncle, chats[2])).toEqual(["舅舅 外婆 true", "舅舅 外婆 false"]);
  expect(pieceLines(grandma, chats[2])).toEqual(["舅舅 外婆 true", "舅舅 外婆 false"]);
  expect(pieceLines(mum, chats[0])).toEqual(["妈妈 外婆 true"]); // She helped before, and does.
  const phone = await world.device("外婆");
  const [ofMum, ofMing] = former;
  if (ofMum === undefined || ofMing === undefined) throw new Error("two had a piece");
  const now = former.map(({ one }) => ({ one, ...pieceOf(one) }));
  putPiece(mum, ofMum);
  await help(world, phone, mum, account);
  await help(world, phone, ming, account);
  expect(phone.view("family").back).toMatchObject({ step: "pieces", helped: [], fault: "does-not-fit" });
  putPiece(ming, ofMing);
  await help(world, phone, mum, account);
  await help(world, phone, ming, account); // Both of before: they fit, and open nothing.
  await world.until("home knows nothing of it", () => backStep(phone) === "over");
  expect(phone.view("family").back).toMatchObject({ why: "none" });
  expect(grandma.view("status").familyAsk).toBeUndefined();
  for (const { one, ...piece } of now) putPiece(one, piece);
  await phone.api.cancelFamilyBack();
  await help(world, phone, neighbour, account);
  await help(world, phone, ming, account);
  await world.until("home was asked", () => backStep(phone) === "waiting");
  expect(world.bugs()).toEqual([]);
});

test("[ID37] [VA15] all of a helper's devices keep the piece, and so does one that was restored", async () => {
  const { world, grandma, mum, ming, helpers } = await family({ seed: 506 });
  const { account } = grandma;
  const { words } = await ming.api.recoveryCard();
  const tablet = await world.linkDevice(mum);
  await world.until("the tablet keeps it", () => tablet.view("family").keptFor.length === 1);
  await world.pass(soonMs);
  await choose(world, grandma, helpers); // Another piece comes to both.
  await world.pass(soonMs);
  const kept = (one: Person) => one.disk.all("SELECT piece FROM pieces");
  expect(kept(tablet)).toEqual(kept(mum));
  mum.crash();
  ming.crash();
  const restored = await world.device("小明");
  await world.during(restored.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
  await world.until("it is back", () => restored.view("family").keptFor.length === 1, 120_000);
  const phone = await world.device("外婆");
  await help(world, phone, tablet, account);
  await help(world, phone, restored, account);
  await world.until("home was asked", () => backStep(phone) === "waiting");
  expect(world.bugs()).toEqual([]);
});

test("[ID40] a helper who deleted their account, or let go, is said not to help any more, until they are friends again", async () => {
  const { world, grandma, mum, ming, uncle, neighbour } = await family({ seed: 508 });
  const gone = () =>
    grandma
      .view("family")
      .helpers.filter(({ isGone }) => isGone)
      .map(({ name }) => name);
  expect(gone()).toEqual([]);
  await world.during(uncle.api.deleteAccount());
  await world.until("it is said of him", () => gone().includes("舅舅"));
  await world.during(ming.api.deleteContact(grandma.account));
  await world.until("and of her who let go", () => gone().length === 2);
  expect(gone().sort()).toEqual(["小明", "舅舅"].sort());
  await world.befriend(grandma, ming);
  await world.until("she is there again", () => gone().length === 1);
  await choose(world, grandma, [mum, ming, neighbour]);
  expect(gone()).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[ID36] three contacts it takes, each once, with whom one writes", async () => {
  const { world, grandma, mum, ming, uncle } = await family({ seed: 507 });
  const stranger = await world.person("路人");
  const codeOf = (helpers: readonly Person[]) =>
    world
      .during(grandma.api.chooseFamily({ helpers: helpers.map(({ account }) => account) }))
      .then(() => "")
      .catch((error: { code: string }) => error.code);
  expect(await codeOf([mum, ming])).toBe("not-allowed");
  expect(await codeOf([mum, ming, ming])).toBe("not-allowed");
  expect(await codeOf([mum, ming, stranger])).toBe("unknown-contact");
  await grandma.api.block(uncle.account);
  expect(await codeOf([mum, ming, uncle])).toBe("unknown-contact");
  expect(grandma.view("family").helpers).toHaveLength(3); // Nothing of it changed.
});
