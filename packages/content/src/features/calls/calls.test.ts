/** What the messages of calls may say, and what of a changed client's is no message. */
import { expect, test } from "bun:test";
import { encodeAs, fixed, list, literal, oneOf, struct } from "@yanshu/wire";
import { decodeBody } from "../../message.ts";

test("[CA90] a call that names more than sixteen to ring is none, also where a changed client says it", () => {
  const id = fixed(32);
  const said = struct({ kind: literal("call"), device: id, media: oneOf("voice"), rings: list(id, 99) });
  const rung = (count: number) => {
    const rings = Array.from({ length: count }, (_, at) => new Uint8Array(32).fill(at + 1));
    return decodeBody(encodeAs(said, { kind: "call", device: new Uint8Array(32), media: "voice", rings }));
  };
  expect(rung(16)).toMatchObject({ kind: "call", media: "voice" });
  expect(rung(17)).toBeUndefined();
});
