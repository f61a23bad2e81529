/** Sums of packets and ledgers: hundredths, as people of each language write them; and who owes whom. */
import type { PersonRef } from "@yanshu/client";
import { personName } from "../../kit/person.ts";
import { locale, t } from "../../locales/i18n.ts";

export type Unit = { readonly of: "points" | "money"; readonly currency: string };

/** Those that are offered; a chat may hold others. */
export const currencies = ["USD", "CNY", "TWD", "HKD", "CAD", "EUR", "GBP", "AUD", "SGD", "MYR", "JPY"] as const;

/** The most that one packet, transfer or bill holds, in hundredths. */
export const totalMax = 2_000_000;

export function sumWords(unit: Unit, amount: number): string {
  const value = amount / 100;
  if (unit.of === "points") return t("packet.points", { n: plainNumber(value) });
  try {
    return new Intl.NumberFormat(locale.value, {
      style: "currency",
      currency: unit.currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: 2,
    }).format(value);
  } catch {
    return `${value.toFixed(2)} ${unit.currency}`; // No currency that the browser knows: as it was written.
  }
}

function plainNumber(value: number): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: 2 }).format(value);
}

/** In hundredths; undefined: no sum. A comma is read as a point. */
export function sumIn(text: string): number | undefined {
  const [, whole = "", part = ""] = /^(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(text.trim().normalize("NFKC")) ?? [];
  if (whole === "") return undefined;
  const sum = Number(whole) * 100 + Number(part.padEnd(2, "0"));
  return sum > 0 && sum <= totalMax ? sum : undefined;
}

/** What most who read this language owe one another in. */
export function usualCurrency(): string {
  return { "zh-Hans": "CNY", "zh-Hant": "TWD", en: "USD" }[locale.value];
}

export function whoOwes(from: PersonRef, to: PersonRef): string {
  if (from.isMe) return t("owe.mine", { name: personName(to) });
  return to.isMe ? t("owe.theirs", { name: personName(from) }) : t("owe.others", { name: from.name, to: to.name });
}
