/** Opening a mini program: its package is read whole, kept on this device, and shown over everything. */
import { readPackage } from "@yanshu/mini";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Running } from "./running.tsx";
import type { SharedIn } from "./shared.ts";

type Shared = Omit<SharedIn, "self">;

/** Opens a package that a chat brought, whose members it shares state with. What is none is said. */
export async function openPackage(bytes: Uint8Array<ArrayBuffer>, from: Shared): Promise<void> {
  const read = readPackage(bytes);
  if ("fault" in read) {
    toast(t("program.bad"));
    return;
  }
  await openKept(await api.keepProgram({ name: read.program.manifest.name, bytes }), from);
}

/** Opens one that is kept here. Without a chat it shares nothing. */
export async function openKept(id: string, from?: Shared): Promise<void> {
  const here = await attempt(() => api.openProgram(id));
  if (here === undefined) return;
  const self = from && (await attempt(() => api.joinProgram(from.chat, from.card)));
  const read = readPackage(here.bytes);
  if ("fault" in read) {
    toast(t("program.bad"));
    return;
  }
  const shared = from && self && { ...from, self };
  putUp((close) => (
    <Running
      program={read.program}
      stored={here.stored}
      {...(shared === undefined ? {} : { shared })}
      onClose={close}
    />
  ));
}
