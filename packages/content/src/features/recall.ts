/** Recall: takes back a message of the sender's own account, by its id, for everybody (docs/spec/actions.md AC2). */
import { struct } from "@yanshu/wire";
import { contentFeature, signal } from "../feature.ts";
import { content } from "../fields/ids.ts";

export const recall = contentFeature({ bodies: { recall: signal(struct({ id: content })) } });
