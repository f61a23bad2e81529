/** Opening a mini program: its package is read whole, kept on this device, and shown over everything. */
import { namesMore } from "@yanshu/mini";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { holdsApps } from "./browser.ts";
import { readAside } from "./read.ts";
import type { Read } from "./read-worker.ts";
import { Running } from "./running.tsx";
import type { SharedIn } from "./shared.ts";
import { nobody, RunningWebxdc } from "./webxdc.tsx";

type Shared = Pick<SharedIn, "chat" | "card">;
/** What it may know of the person there. */
type Joined = Shared & { readonly address: string; readonly name: string; readonly publisher?: string };

/**
 * Opens a package that a chat brought, whose members it shares state with. What is none is said.
 *
 * @param packed undefined where it is too large to be one. @param called what the file is called. @param place where it
 * opens, else at its first page.
 */
export async function openPackage(
  packed: Uint8Array<ArrayBuffer> | undefined,
  called: string,
  from: Shared,
  place?: string,
): Promise<void> {
  // Two threads are asked at once.
  const [found, joined] = await Promise.all([readIn(packed), joinIn(from)]);
  if (found === undefined) return;
  const { read, bytes } = found;
  const id = await api.keepProgram({ name: nameOf(read, called), bytes });
  await show(id, called, read, joined, place);
}

/** Undefined where it is in no chat any more, which is said. */
async function joinIn(from: Shared): Promise<Joined | undefined> {
  const joined = await attempt(() => api.joinProgram(from.chat, from.card));
  return joined && { ...from, ...joined };
}

/** Undefined where it is none, too large, or takes too long, which is said. */
async function readIn(packed: Uint8Array<ArrayBuffer> | undefined) {
  const { read, bytes } = packed === undefined ? nothingRead : await readAside(packed).catch(() => nothingRead);
  if (read !== undefined) return { read, bytes };
  toast(t("program.bad"));
  return undefined;
}

const nothingRead = { read: undefined, bytes: new Uint8Array() } as const;

/** Undefined where it is not here, or none, which is said. */
async function readKept(id: string): Promise<Read | undefined> {
  const here = await attempt(() => api.openProgram(id));
  return here && (await readIn(new Uint8Array(here.bytes)))?.read;
}

/** An app that does not say how it is called is called as its file. */
function nameOf(read: Read, called: string): string {
  return read.kind === "program" ? read.program.manifest.name : read.app.name || called;
}

/** Opens one that is kept here, from no chat: it shares nothing. @param called what it is called in the list. */
export async function openKept(id: string, called: string): Promise<void> {
  const read = await readKept(id);
  if (read !== undefined) await show(id, called, read);
}

async function show(id: string, called: string, read: Read, joined?: Joined, place?: string): Promise<void> {
  if (read.kind !== "program" && !holdsApps()) return toast(t("program.browser"));
  // From no chat a mini program goes on where it was opened last: it shares nothing there.
  const where = joined?.address ?? (read.kind === "program" ? "last" : nobody.address);
  const here = await attempt(() => api.openProgram(id, true, where));
  if (here === undefined) return;
  const { stored, answers, scope, penName } = here;
  const isMore = read.kind === "program" && namesMore(read.program);
  const part = isMore ? { part: (await import("virtual:program-more")).default } : {};
  const pen = penName === undefined ? {} : { penName };
  const more = joined === undefined ? {} : { shared: sharedAs(joined, penName) };
  putUp((close) =>
    read.kind === "program" ? (
      <Running
        program={read.program}
        stored={stored}
        scope={scope}
        answers={answers}
        {...pen}
        {...more}
        {...part}
        {...(place === undefined ? {} : { place })}
        onClose={close}
      />
    ) : (
      <RunningWebxdc
        app={read.app}
        name={nameOf(read, called)}
        stored={stored}
        scope={scope}
        {...pen}
        {...more}
        onClose={close}
      />
    ),
  );
}

function sharedAs({ chat, card, address, name, publisher }: Joined, penName = name): SharedIn {
  const self = { address, name: penName };
  return { chat, card, ...(publisher === undefined ? { self } : { self: { ...self, hasPublisher: true }, publisher }) };
}
