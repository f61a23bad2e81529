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
  /** Paths that home was asked for over HTTP. */
  const asked: string[] = [];
  const wrapPorts: WrapPorts = (ports, person) => {
    const { media } = ports;
    if (media === undefined) return ports;
    const request: typeof media.request = async (server, one) => {
      if (server !== mirrorName) {
        asked.push(one.path);
        return media.request(server, one);
      }
      const answer = await mirror.network.request(person.device, one);
      return { ...answer, body: evil.says(one.path, answer.body) };
    };
    return { ...ports, media: { ...media, request } };
  };
  const { world, people } = await home({ seed, wrapPorts }, ...names);
  const read: ReadPublic = async (_home, path, bytesMax, range) => {
    if (!world.isServerUp) return undefined;
    const header = (name: string) => (name === "range" && range ? `bytes=${range[0]}-${range[1]}` : null);
    const get = { method: "GET", path, header, body: async () => new Uint8Array(), prefix: undefined };
    const answer = await world.server.httpAt(path)?.answer(get);
    const body = answer && (await wholeOf(answer));
    return answer && body && body.length <= bytesMax ? { status: answer.status, body } : undefined;
  };
  const mirror = new SecondHome(world, mirrorName, [provide(publicReader, read)]);
  /** Its operator names the home. */
  const mirrors = () => world.during(operates(mirror.running, "mirrors-add", { home: world.domain }));
  return { world, people, mirrors, evil, asked };
}
