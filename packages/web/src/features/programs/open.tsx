/** Opening a mini program: its package is read whole, kept on this device, and shown over everything. */
import { type Program, readPackage } from "@yanshu/mini";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Running } from "./running.tsx";
import type { SharedIn } from "./shared.ts";

type Shared = Omit<SharedIn, "self">;

/** Opens a package that a chat brought, whose members it shares state with. What is none is said. */
export async function openPackage(bytes: Uint8Array<ArrayBuffer>, from: Shared): Promise<void> {
  const program = programIn(bytes);
  if (program === undefined) return;
  await openKept(await api.keepProgram({ name: program.manifest.name, bytes }), from, program);
}

/** Undefined where it is none, which is said. */
function programIn(bytes: Uint8Array): Program | undefined {
  const read = readPackage(bytes);
  if (!("fault" in read)) return read.program;
  toast(t("program.bad"));
  return undefined;
}

/**
 * Opens one that is kept here. Without a chat it shares nothing. @param known its package, where it was read already.
 */
export async function openKept(id: string, from?: Shared, known?: Program): Promise<void> {
  const here = await attempt(() => api.openProgram(id));
  if (here === undefined) return;
  const self = from && (await attempt(() => api.joinProgram(from.chat, from.card)));
  const program = known ?? programIn(here.bytes);
  if (program === undefined) return;
  const shared = from && self && { ...from, self };
  putUp((close) => (
    <Running program={program} stored={here.stored} {...(shared === undefined ? {} : { shared })} onClose={close} />
  ));
}
