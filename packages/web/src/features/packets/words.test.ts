/** What packets and ledgers say of money (docs/spec/packets.md RP34). */
import { expect, test } from "bun:test";
import { messages } from "./words.ts";

test("[RP34] in each language the screens say that this is a book and no money, and nothing as a bank would", () => {
  const says = { "zh-Hans": "雁书不碰钱", "zh-Hant": "雁書不碰錢", en: "Yanshu holds no money" } as const;
  for (const [language, words] of Object.entries(messages)) {
    for (const id of ["packet.moneyNote", "owe.note", "ledger.note"] as const)
      expect(words[id]).toContain(says[language as keyof typeof says]);
    for (const said of Object.values(words))
      expect(said).not.toMatch(
        /余额|餘額|提现|提現|充值|利息|手续费|手續費|\b(?:balance|withdraw|deposit|wallet|fee)\b/i,
      );
  }
});
