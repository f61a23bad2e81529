/** Red packets 红包: given, and opened by those who come; all devices reckon alike. */
import { testFeature } from "../../feature.ts";
import { type Act, anywhere, refOf } from "../../sim/acts/act.ts";
import { isMark, without } from "../../sim/break.ts";
import { playedPacket } from "./claim.ts";
import { packetVectors } from "./vectors.ts";

const give: Act = (sim) => {
  const at = anywhere(sim, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = sim.ledger.say(sim, person, standing.conversation);
  const packet = {
    of: "points",
    currency: "",
    total: 100 + sim.chance.below(900),
    wish: said.text,
    shares: standing.kind === "group" ? 1 + sim.chance.below(4) : 1,
    mode: sim.chance.pick(["lucky", "lucky", "equal"] as const),
  } as const;
  sim.ask(person, "packet", (api) => api.sendPacket(standing.conversation, packet));
  return `packet ${said.text}`;
};

const take: Act = (sim, somewhere) => {
  const at = somewhere(({ body }) => body.kind === "packet" && body.mayTake);
  if (at === undefined) return undefined;
  sim.ask(at.person, "take", (api) => api.takePacket(at.conversation, refOf(at)));
  return `${at.person.device} takes from ${at.said.text}`;
};

export const packets = testFeature({
  titles: { packet: ({ wish }) => wish },
  acts: [
    [1, "actions", give],
    [4, "actions", take],
  ],
  /** I21: who stands where, and what each one has. */
  alike: {
    I21: ({ body }) =>
      body.kind === "packet"
        ? body.lots
            .map(({ person, amount, isFinal }) => `${person.account.slice(0, 6)} ${amount}${isFinal ? "" : "+"}`)
            .join(" | ")
        : "",
  },
  /** Who opened a packet is never written. */
  breaks: { I21: { run: without((sql, params) => isMark(sql, params, "packetTake")) } },

  claims: [
    {
      id: "U9",
      claim: "Every member can reckon what each one got of a red packet",
      by: ["P3.packet"],
      measure: playedPacket,
      tests: "RP2, RP4, RP5, RP7, RP8, TE26",
    },
  ],
  vectors: { "packets.json": packetVectors },

  async evidence({ canaries, group, ann, ben, granny, until }) {
    const id = await ann.api.sendPacket(group, {
      of: "money",
      currency: "USD",
      total: 8_800,
      shares: 2,
      mode: "lucky",
      wish: `平安 ${canaries.text("packet wish")}`,
    });
    const packetOn = (device: typeof ann) => {
      const body = device.view("timeline", group, 1_000).items.find((item) => item.id === id)?.body;
      return body?.kind === "packet" ? body : undefined;
    };
    await until("the packet is there", () => [ben, granny].every((one) => packetOn(one) !== undefined));
    await ben.api.takePacket(group, { author: ann.account, id });
    await until("he has a place", () => packetOn(granny)?.lots.length === 1);
    await granny.api.takePacket(group, { author: ann.account, id });
    return (device) => packetOn(device)?.isDone === true;
  },

  corpus: async ({ ann, ben, group }) => {
    const id = await ann.api.sendPacket(group, {
      of: "points",
      currency: "",
      total: 600,
      shares: 3,
      mode: "lucky",
      wish: "新年好",
    });
    const ref = { author: ann.account, id };
    await ann.api.takePacket(group, ref);
    if (ben.items(group).some((item) => item.id === id)) await ben.api.takePacket(group, ref);
  },
});
