/** What the menu copies of a card, and a quote repeats of it: its words. */
import type { ActionBody } from "@yanshu/client";
import { chainText } from "./chain-text.ts";
import { recordTitle } from "./record-words.ts";

export function cardText(body: ActionBody): string {
  if (body.kind === "poll") return [body.question, ...body.options.map(({ text }) => `· ${text}`)].join("\n");
  if (body.kind === "chain") return chainText(body);
  return recordTitle(body.names);
}
