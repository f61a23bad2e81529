/**
 * Service accounts 服务号: buttons in a chat of two, and what is filled in like a form (docs/spec/bridge.md PA13–PA15).
 */
import { line, list, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";

export const serviceLimits = {
  buttonsMax: 3,
  belowMax: 5,
  /** Characters on a button. */
  wordsMax: 16,
  keyMax: 128,
  urlMax: 2_000,
  titleMax: 64,
  rowsMax: 12,
  rowNameMax: 20,
  rowWordsMax: 200,
} as const;

const words = line(serviceLimits.wordsMax);
/** `key`: what the account is told when it is pressed. `url`: what it opens instead. */
const acts = { key: text(serviceLimits.keyMax), url: text(serviceLimits.urlMax) };
const below = list(struct({ words }, acts), serviceLimits.belowMax);
const row = struct({ name: line(serviceLimits.rowNameMax), words: text(serviceLimits.rowWordsMax) });

type Rows = { readonly title: string; readonly rows: readonly { readonly name: string; readonly words: string }[] };

const rowWords = ({ title, rows }: Rows) =>
  [title, ...rows.map(({ name, words: said }) => (name === "" ? said : `${name}：${said}`))].join("\n");

export const services = contentFeature({
  bodies: {
    /** The newest holds; without buttons there is none. */
    serviceMenu: body({
      schema: struct({ buttons: list(struct({ words }, { ...acts, below }), serviceLimits.buttonsMax) }),
      disposition: "notice",
      fallback: ({ buttons }) => `菜单 Menu: ${buttons.map((one) => one.words).join(" / ")}`,
    }),
    /** A button was pressed. */
    servicePress: body({
      schema: struct({ words, key: text(serviceLimits.keyMax) }),
      disposition: "message",
      text: (said) => said.words,
      summary: (said) => said.words,
      forward: "text",
      fallback: (said) => said.words,
    }),
    /** Rows with names: a bill, a booking, what became of it. */
    serviceForm: body({
      schema: struct(
        { title: line(serviceLimits.titleMax), rows: list(row, serviceLimits.rowsMax) },
        { url: text(serviceLimits.urlMax) },
      ),
      disposition: "message",
      text: rowWords,
      summary: ({ title }) => title,
      forward: "text",
      fallback: rowWords,
    }),
  },
});
