/** The website of an organisation, which is no home: it says which channels are its own (CH95). */
import { utf8 } from "@yanshu/wire";
import type { WrapPorts } from "./person.ts";

export class Website {
  /** How often it was asked, by whomever. */
  asked = 0;
  /** What it answers; undefined: nothing comes. */
  answer: { readonly status: number; readonly body: Uint8Array } | undefined = { status: 404, body: utf8("not here") };
  /** Home answers in its place. */
  isHome = false;
  private readonly domain: string;

  constructor(domain: string) {
    this.domain = domain;
  }

  names(...channels: readonly string[]): void {
    this.says(channels.join("\n"));
  }

  says(text: string, status = 200): void {
    this.answer = { status, body: utf8(text) };
  }

  readonly wrap: WrapPorts = (ports) => {
    const { media } = ports;
    if (media === undefined) return ports;
    const request: typeof media.request = async (server, one) => {
      if (server !== this.domain || this.isHome) return media.request(server, one);
      this.asked++;
      if (this.answer === undefined) throw new Error("no answer came");
      return this.answer;
    };
    return { ...ports, media: { ...media, request } };
  };
}
