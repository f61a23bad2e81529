/** Opening a mini program: its package is read whole, kept on this device, and shown over everything. */
import type { Program } from "@yanshu/mini";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { readAside } from "./read.ts";
import { Running } from "./running.tsx";
import type { SharedIn } from "./shared.ts";

type Shared = Omit<SharedIn, "self">;

/** Opens a package that a chat brought, whose members it shares state with. What is none is said. */
export async function openPackage(packed: Uint8Array<ArrayBuffer>, from: Shared): Promise<void> {
  const read = await programIn(packed);
  if (read === undefined) return;
  const { program, bytes } = read;
  await openKept(await api.keepProgram({ name: program.manifest.name, bytes }), from, program);
}

type Read = { readonly program: Program; readonly bytes: Uint8Array<ArrayBuffer> };

/** Undefined where it is none, which is said. */
async function programIn(packed: Uint8Array<ArrayBuffer>): Promise<Read | undefined> {
  const { program, bytes } = await readAside(packed);
  if (program !== undefined) return { program, bytes };
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
  const program = known ?? (await programIn(new Uint8Array(here.bytes)))?.program;
  if (program === undefined) return;
  const shared = from && self && { ...from, self };
  putUp((close) => (
    <Running program={program} stored={here.stored} {...(shared === undefined ? {} : { shared })} onClose={close} />
  ));
}
