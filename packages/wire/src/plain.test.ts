/** Text that stands on one line beside ours (docs/spec/wire.md WI2a). */
import { expect, test } from "bun:test";
import { decodeAs, encodeAs, line, plain, struct, text } from "./schema.ts";

test("[WI2a] [WI2] a name is read without what turns round or breaks what stands beside it, by any writer", () => {
  const raw = encodeAs(struct({ name: text(64) }), { name: "invoice\u202efdp.exe\nAnn removed Ben" });
  expect(decodeAs(struct({ name: line(64) }), raw, 1_000)).toEqual({ name: "invoicefdp.exe Ann removed Ben" });
  expect(plain("外婆 👨‍👩‍👧 שלום\u200f · e\u0301")).toBe("外婆 👨‍👩‍👧 שלום\u200f · e\u0301");
  expect(plain("\u2066a\u2069\u2028b\u0000")).toBe("a b ");
});
