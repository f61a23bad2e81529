import { expect, test } from "bun:test";
import fc from "fast-check";
import { Fault } from "./fault.ts";
import { pick } from "./pick.ts";
import { textIn } from "./text/text.ts";

const chats = [
  { id: "aaaa1111", name: "Ann" },
  { id: "aaaa2222", name: "Family 家" },
  { id: "bbbb3333", name: "2" },
  { id: "cccc4444", name: "Annabel" },
  { id: "dddd5555", name: "Ben" },
  { id: "eeee6666", name: "ben" },
];

function picked(query: string): string {
  try {
    return pick("CHAT", query, chats).id;
  } catch (error) {
    if (error instanceof Fault) return textIn("en")(error.key, error.fill);
    throw error;
  }
}

test("[TE3] whole name, then place, then id, then the beginning of a name", () => {
  expect(picked("ann")).toBe("aaaa1111");
  expect(picked("4")).toBe("cccc4444");
  expect(picked("2")).toBe("bbbb3333"); // A name before a place.
  expect(picked("CCCC")).toBe("cccc4444");
  expect(picked("family")).toBe("aaaa2222");
  expect(picked(" Family 家 ")).toBe("aaaa2222");
});

test("[TE3] what fits several is refused with those, what fits nothing by its name", () => {
  expect(picked("Ben")).toBe("CHAT “Ben” fits several: 5 Ben (dddd5555), 6 ben (eeee6666)");
  expect(picked("aaaa")).toBe("CHAT “aaaa” fits several: 1 Ann (aaaa1111), 2 Family 家 (aaaa2222)");
  for (const query of ["", " ", "0", "7", "aaa1", "nn", "-1", "1.5"])
    expect(picked(query)).toBe(`CHAT “${query}” fits nothing here`);
});

test("[TE3] nobody is ever meant whom neither name, place nor id names", () => {
  const candidate = fc.record({ id: fc.stringMatching(/^[0-9a-f]{8}$/), name: fc.string({ maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 8 }), fc.string({ maxLength: 5 }), (all, query) => {
      let found: (typeof all)[number];
      try {
        found = pick("CHAT", query, all);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
        return;
      }
      const wanted = query.normalize("NFC").trim().toLowerCase();
      const names = found.name.normalize("NFC").trim().toLowerCase().startsWith(wanted);
      expect(names || found.id.startsWith(wanted) || all[Number(query) - 1] === found).toBe(true);
    }),
  );
});
