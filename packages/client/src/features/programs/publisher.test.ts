/** Questions of mini programs that wait for the account that gave them (docs/spec/programs.md PR58). */
import { expect, test } from "bun:test";
import { type ProgramAsk, withRoom } from "./publisher.ts";

test("[PR58] of four hundred that wait the newest of who has most gives way, and nobody takes another's place", () => {
  const ask = (by: string, at: number): ProgramAsk => ({
    chat: by,
    ask: { author: by, id: `${by}${at}` },
    by,
    atMs: at,
    words: "",
  });
  const eve = Array.from({ length: 16 }, (_, at) => ask("eve", at));
  const others = Array.from({ length: 384 }, (_, at) => ask(`p${at % 200}`, at));
  const full = [...eve.slice(0, 8), ...others, ...eve.slice(8)];
  expect(withRoom(full)).toEqual(full);
  const ann = ask("ann", 1_000);
  const then = withRoom([...full, ann]);
  expect(then).toHaveLength(400);
  expect(then).toContainEqual(ann);
  // Eve's newest went, and what all others asked is there in its order.
  expect(full.filter((one) => !then.includes(one)).map(({ ask: { id } }) => id)).toEqual(["eve15"]);
  expect(withRoom([...then, ask("eve", 99)]).some(({ ask: { id } }) => id === "eve99")).toBe(false);
});
