/**
 * Privacy: who may turn to this person (docs/spec/identity.md ID27), and whether calls tell the own address
 * (docs/spec/calls.md CA41).
 */
import { bool, struct, uint } from "@yanshu/wire";
import { contentFeature, synced } from "../feature.ts";

export const privacy = contentFeature({
  synced: { privacy: synced(struct({ takesLink: bool, takesGroups: bool, stampMs: uint() }, { relaysCalls: bool })) },
});
