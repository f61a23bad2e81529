/** Invitations (docs/spec/delivery.md DS140): codes of the operator that let in so many people until some time. */
import { limits } from "@yanshu/wire";
import { dayMs } from "../../core/rate.ts";
import { serverFeature } from "../../feature.ts";
import { inviteTables, migrations } from "./tables.ts";

export const invitations = serverFeature({
  name: "invitations",
  migrations,
  owned: [],
  ofNobody: ["invitations"],
  tables: (prepare) => inviteTables(prepare),
  limits: {},
  serve: () => ({ calls: {} }),
  expire: (tables, today) => tables.dropInvitations((today - limits.queueDays) * dayMs),
});
