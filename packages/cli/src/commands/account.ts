/** Commands about the account: made, shown, and how it is. */
import { renderUnicodeCompact } from "uqr";
import { usageOf } from "../args.ts";
import { type Context, catchUp, mustLiveHere, mustReachHome, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { plain } from "../show.ts";

export async function create(context: Context): Promise<void> {
  const { args, answer, api, note, text, view } = context;
  const link = args.words[0] as string;
  const preview = await api.readLink(link);
  await api.createAccount({ name: args.name ?? "", link });
  // Its contact link draws on what home holds for this device, so it is not done before that is there.
  if (!(await untilTold(context))) note(text("waits"));
  const { me, server } = view("status");
  const lines = [text("created", { name: plain(me?.name ?? ""), server })];
  if (preview.kind === "contact") lines.push(text("created.next", { name: plain(preview.name) }));
  answer(lines, { account: me?.account, device: me?.device, name: me?.name, server });
}

export async function link(context: Context): Promise<void> {
  const { args, answer, api, io, text } = context;
  mustLiveHere(context);
  // A link that was shown before is shown again without home.
  let shown = args.reset ? undefined : await api.myLink().catch(() => undefined);
  if (shown === undefined) {
    await mustReachHome(context);
    shown = await (args.reset ? api.resetLink() : api.myLink());
    await untilTold(context);
  }
  answer(io.isTerminal ? [text("link.about"), "", qr(shown), "", shown] : shown, { link: shown });
}

/** The own handle: shown, chosen, given up, and whether it leads here. */
export async function handle(context: Context): Promise<void> {
  const { args, answer, api, note, text, view } = context;
  mustLiveHere(context);
  const [what, name = ""] = args.words;
  if (what === "set" && name === "") throw new Fault("fault.missing", { argument: "NAME", usage: usageOf("handle") });
  if (what !== undefined && !["set", "clear", "on", "off"].includes(what))
    throw new Fault("fault.extra", { argument: what, usage: usageOf("handle") });
  if (what !== undefined) {
    await mustReachHome(context);
    if (what === "set" || what === "clear") await api.setHandle(what === "set" ? name : "");
    else await api.setFound(what === "on");
    if (!(await untilTold(context))) note(text("waits"));
  }
  const own = view("status").me?.handle ?? { handle: "", isFound: false };
  const shown = { handle: `@${own.handle}` };
  answer(own.handle === "" ? text("handle.none") : text(own.isFound ? "handle.is" : "handle.off", shown), own);
}

export async function status(context: Context): Promise<void> {
  const { answer, device, args, text, view } = context;
  mustLiveHere(context);
  await device.caughtUp({ waitMs: args.waitMs, untilDone: false });
  const { me, server, network, unread, requests, unsent } = view("status");
  const rows = [
    [text("status.name"), plain(me?.name ?? "")],
    [text("status.account"), me?.account ?? ""],
    [text("status.device"), me?.device ?? ""],
    [text("status.server"), server],
    [text("status.network"), text(`network.${network}`)],
    [text("status.unread"), unread],
    [text("status.requests"), requests],
    [text("status.unsent"), unsent],
  ];
  const value = { name: me?.name, account: me?.account, device: me?.device, server, network, unread, requests, unsent };
  answer(
    rows.map(([name, said]) => `${name}: ${said}`),
    value,
  );
}

export async function diagnostics(context: Context): Promise<void> {
  const { answer, device, text } = context;
  await catchUp(context);
  const counts = device.client.diagnostics();
  const lines = Object.entries(counts).map(([what, count]) => `${what}: ${count}`);
  answer(lines.length === 0 ? text("diagnostics.none") : lines, counts);
}

export function qr(link: string): string {
  return renderUnicodeCompact(link);
}
