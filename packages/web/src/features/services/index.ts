/** Service accounts 服务号 in their chat: buttons in the composer's place, and forms (docs/spec/bridge.md PA13–PA15). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

const written = (title: string, rows: readonly { readonly name: string; readonly words: string }[]) =>
  [title, ...rows.map(({ name, words }) => (name === "" ? words : `${name}：${words}`))].join("\n");

export const services = webFeature({
  labels: { servicePress: "kind.press", serviceForm: "kind.form" },
  said: {
    servicePress: { begins: ({ words }) => words, copied: ({ words }) => words, exported: ({ words }) => words },
    serviceForm: {
      begins: ({ title }) => title,
      copied: ({ title, rows }) => written(title, rows),
      exported: ({ title, rows }) => written(title, rows),
    },
  },
  bubbles: {
    servicePress: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.Press)) },
    serviceForm: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.FormCard)) },
  },
  slots: { linkedScene: lazily(() => import("./on-arrival.ts").then((m) => m.LinkedScene)) },
  inLog: () => import("./in-log.ts"),
});
