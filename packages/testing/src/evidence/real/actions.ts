/**
 * Actions: every field that people fill when they do something with messages carries a canary too, as the features say
 * it: a quote, an edit, a reaction, a pat, a poll, a list, a record, what is pinned, announced and kept, and what was
 * recalled.
 */
import type { Hex } from "@yanshu/client";
import { testFeatures } from "../../features/index.ts";
import type { Deployment } from "./deployment.ts";
import { type Device, until } from "./device.ts";

/** Ends when everybody has taken it all in. `ann` leads the group; `ann2` is her other device. */
export async function playActions(
  { canaries }: Deployment,
  group: Hex,
  { ann, ann2, ben, granny }: { ann: Device; ann2: Device; ben: Device; granny: Device },
): Promise<void> {
  const said = `谁来？${canaries.text("quoted text")}`;
  const id = await ann.api.sendText(group, said);
  await until("it is read", () => ben.has(group, said) && granny.has(group, said));
  const message = { author: ann.account, id };
  const stage = { canaries, group, ann, ann2, ben, granny, message, said, until };
  for (const feature of testFeatures) {
    const isKnown = await feature.evidence?.(stage);
    if (isKnown !== undefined) await until("it is known to all", () => [ann, ann2, ben].every(isKnown));
  }
}
