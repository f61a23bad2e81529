/** Commands about the account: made, and how it is. */
import { type Context, catchUp, hintUnlessSent, mustLiveHere } from "../context.ts";
import { plain } from "../line.ts";

export async function create(context: Context): Promise<void> {
  const { args, answer, api, text, view } = context;
  const link = args.positionals[0] as string;
  const preview = await api.readLink(link);
  await api.createAccount({ name: args.name ?? "", link });
  // Its contact link draws on what home holds for this device, so it is not done before that is there.
  await hintUnlessSent(context);
  const { me, server } = view("status");
  const lines = [text("created", { name: plain(me?.name ?? ""), server })];
  if (preview.kind === "contact") lines.push(text("created.next", { name: plain(preview.name) }));
  answer(lines, { account: me?.account, device: me?.device, name: me?.name, server });
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
