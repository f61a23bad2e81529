/**
 * Seals and pigments, for names as families have them.
 */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { faceOf, firstGraphemes } from "./faces.ts";

const sealOf = (name: string) => faceOf(new Uint8Array(32), name, null).seal;

test("[ID9] a seal shows the surname of a Han name, compound surnames whole, and an initial otherwise", () => {
  expect(["王小明", "爸爸", "欧阳修", "歐陽修", "司马", "欧女士"].map(sealOf)).toEqual([
    "王",
    "爸",
    "欧阳",
    "歐陽",
    "司马",
    "欧",
  ]);
  expect(["alice", " élodie", "Ömer", "ярослав"].map(sealOf)).toEqual(["A", "É", "Ö", "Я"]);
});

test("[ID9] a seal never cuts inside a character", () => {
  expect(["𠮷野家", "葛󠄀城", "👩‍👧 mum", "e\u0301lodie"].map(sealOf)).toEqual(["𠮷", "葛󠄀", "👩‍👧", "E\u0301"]);
  expect(sealOf("")).toBe("");
  expect(firstGraphemes("👨‍👩‍👧‍👦葛󠄀𠮷", 9)).toHaveLength(3);
});

test("[ID9] a pigment is one of seven, and the account's alone", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (account, name) => {
      const { pigment } = faceOf(account, name, null);
      expect(pigment).toBe(1 + ((account[0] ?? 0) % 7));
      expect(faceOf(account, "", new Uint8Array(3))).toEqual({ seal: "", pigment, picture: new Uint8Array(3) });
    }),
  );
});
