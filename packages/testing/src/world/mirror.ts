/** A home with Channels, and another home that may keep them, on one clock. */
import { provide, publicReader, type ReadPublic } from "@yanshu/server";
import { home, operates } from "./channels.ts";
import { wholeOf } from "./network.ts";
import type { WrapPorts } from "./person.ts";
import { SecondHome } from "./second-home.ts";

export const mirrorName = "mirror.test";

export async function homeAndMirror(seed: number, ...names: readonly string[]) {
  /** What the other home makes of an answer. */
  const evil = { says: (_path: string, body: Uint8Array): Uint8Array => body };
  const wrapPorts: WrapPorts = (ports, person) => {
    const { media } = ports;
    if (media === undefined) return ports;
    const request: typeof media.request = async (server, asked) => {
      if (server !== mirrorName) return media.request(server, asked);
      const answer = await mirror.network.request(person.device, asked);
      return { ...answer, body: evil.says(asked.path, answer.body) };
    };
    return { ...ports, media: { ...media, request } };
  };
  const { world, people } = await home({ seed, wrapPorts }, ...names);
  const read: ReadPublic = async (_home, path, bytesMax, range) => {
    if (!world.isServerUp) return undefined;
    const header = (name: string) => (name === "range" && range ? `bytes=${range[0]}-${range[1]}` : null);
    const asked = { method: "GET", path, header, body: async () => new Uint8Array(), prefix: undefined };
    const answer = await world.server.httpAt(path)?.answer(asked);
    const body = answer && (await wholeOf(answer));
    return answer && body && body.length <= bytesMax ? { status: answer.status, body } : undefined;
  };
  const mirror = new SecondHome(world, mirrorName, [provide(publicReader, read)]);
  /** Its operator names the home. */
  const mirrors = () => world.during(operates(mirror.running, "mirrors-add", { home: world.domain }));
  return { world, people, mirrors, evil };
}
