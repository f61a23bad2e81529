/** Opening a mini program: its package is read whole, kept on this device, and shown over everything. */
import { readPackage } from "@yanshu/mini";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { Running } from "./running.tsx";

/** Opens a package that a chat brought. What is none is said. */
export async function openPackage(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const read = readPackage(bytes);
  if ("fault" in read) {
    toast(t("program.bad"));
    return;
  }
  await openKept(await api.keepProgram({ name: read.program.manifest.name, bytes }));
}

/** Opens one that is kept here. */
export async function openKept(id: string): Promise<void> {
  const here = await attempt(() => api.openProgram(id));
  if (here === undefined) return;
  const read = readPackage(here.bytes);
  if ("fault" in read) {
    toast(t("program.bad"));
    return;
  }
  putUp((close) => <Running program={read.program} stored={here.stored} onClose={close} />);
}
