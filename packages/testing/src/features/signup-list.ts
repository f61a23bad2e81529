/** Sign-up lists 接龙: begun, and written on. */
import type { Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";
import { type Act, anywhere, label, refOf } from "../sim/acts/act.ts";
import type { Broken } from "../sim/breaks.ts";
import { isStillThere } from "../sim/sight.ts";

const chain: Act = (sim) => {
  const at = anywhere(sim, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = sim.ledger.say(sim, person, standing.conversation);
  sim.ask(person, "chain", (api) =>
    api.startChain(standing.conversation, { title: said.text, note: "", seeds: sim.chance.pick([[], ["first"]]) }),
  );
  return `list ${said.text}`;
};

/** A new line, or an own one changed or taken out. */
const line: Act = (sim, somewhere) => {
  const at = somewhere(({ body }) => body.kind === "chain");
  if (at === undefined || at.item.body.kind !== "chain") return undefined;
  const { person, conversation, said } = at;
  const mine = at.item.body.lines.filter(({ by, key }) => by?.isMe === true && key !== undefined);
  const text = `${person.device} writes ${sim.step}`;
  if (mine.length === 0 || sim.chance.next() < 0.6) {
    const exits = sim.faults.exitsOf(person, conversation);
    sim.ask(
      person,
      "line",
      (api) => api.writeLine(conversation, refOf(at), text),
      () => sim.ledger.lines.push({ said, by: person, exits, texts: new Set([text]), isOut: false }),
    );
    return `${text} on ${said.text}`;
  }
  const old = sim.chance.pick(mine);
  const isOut = sim.chance.next() < 0.4;
  // Whether it came to it or not is not to be known when the device crashes: either is right then.
  const known = sim.ledger.lines.find(({ texts }) => texts.has(old.text));
  if (isOut && known !== undefined) known.isOut = true;
  if (!isOut) known?.texts.add(text);
  sim.ask(person, "change a line", (api) => api.writeLine(conversation, refOf(at), isOut ? "" : text, old.key as Hex));
  return `${person.device} ${isOut ? "takes out" : "changes"} "${old.text}" of ${label(conversation)}`;
};

export const signupList = testFeature({
  titles: { chain: ({ title }) => title },
  acts: [
    [1, "actions", chain],
    [4, "actions", line],
  ],
  alike: {
    I13: ({ body }) =>
      body.kind === "chain"
        ? body.lines.map(({ by, text }) => `${by?.account.slice(0, 6) ?? ""} ${text}`).join(" | ")
        : "",
  },

  /** I13: a line that was written and not taken out stands once. */
  holds: (sim, said, sights) =>
    sim.ledger.lines
      .filter((line) => line.said === said && isStillThere(sim, line, sights))
      .flatMap((line) =>
        sights.flatMap(({ person, item }): readonly Broken[] => {
          if (item?.body.kind !== "chain") return [];
          const times = item.body.lines.filter(({ text }) => line.texts.has(text)).length;
          if (times === 1 || (times === 0 && line.isOut)) return [];
          const [text] = line.texts;
          return [
            { invariant: "I13", why: `${person.device} shows the line "${text}" of "${said.text}" ${times} times` },
          ];
        }),
      ),

  async evidence({ canaries, group, ann, ben, granny, until }) {
    const id = await ann.api.startChain(group, {
      title: `聚餐 ${canaries.text("list title")}`,
      note: `老地方 ${canaries.text("list note")}`,
      seeds: [`外婆 ${canaries.text("list seed")}`],
    });
    const listOn = (device: typeof ann) => device.view("timeline", group, 1_000).items.find((item) => item.id === id);
    await until("the list is there", () => [ben, granny].every((one) => listOn(one) !== undefined));
    await granny.api.writeLine(group, { author: ann.account, id }, `两位 ${canaries.text("list line")}`);
    return (device) => {
      const body = listOn(device)?.body;
      return body?.kind === "chain" && body.lines.length === 2;
    };
  },

  corpus: ({ ann, group }) => ann.api.startChain(group, { title: "接龙", note: "", seeds: ["外婆"] }),
});
