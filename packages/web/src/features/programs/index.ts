/** Mini programs 小程序 (docs/spec/programs.md): a card in a chat, and a row in Discover. */
import { webFeature } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

export const programs = webFeature({
  lines: {
    "program-said": ({ by, program, text }) =>
      t("program.said", { by: personName(by), program: program || t("program.one"), text }),
  },
  slots: {
    linkedProgram: lazily(() => import("./on-arrival.ts").then((m) => m.LinkedProgram)),
    programCard: lazily(() => import("./in-chat.ts").then((m) => m.ProgramCard)),
    foundPrograms: lazily(() => import("./pulled.tsx").then((m) => m.Pulled)),
    programRow: lazily(() => import("./in-contacts.tsx").then((m) => m.ProgramRow)),
  },
});
