/** A page that shows or watches a Live, made of plain arrays (docs/spec/live.md). */
import type { Hex, LiveView } from "@yanshu/client";
import { type Bytes, fromHex } from "@yanshu/wire";
import type { Person } from "./person.ts";

/** A Live is named by its room, 16 bytes, and who shows. */
export const roomOf = (live: Hex): Bytes => fromHex(live.slice(0, 32));

/** What it plays is what it was given, as words. */
export class LivePage {
  view: LiveView = { areThere: false, goingOn: [] };
  readonly person: Person;
  readonly host: string;
  readonly played: string[] = [];

  constructor(person: Person) {
    this.person = person;
    this.host = `${person.device} page`;
    person.client.subscribe("live", [], (view) => {
      this.view = view;
    });
  }

  /** Head and pieces of the full picture. */
  async show(live: Hex, ...words: readonly string[]): Promise<void> {
    for (const word of words) {
      const bytes = new TextEncoder().encode(word);
      if (word === "head") await this.person.api.showLiveHead(live, 1, "video/mp4", bytes);
      else await this.person.api.showLivePiece(live, 1, bytes);
    }
  }

  /** Plays for as long as it watches. */
  play(live: Hex): void {
    void this.playAll(live);
  }

  private async playAll(live: Hex): Promise<void> {
    for (;;) {
      const pieces = await this.person.api.takeLive(live);
      if (pieces === undefined) return;
      for (const { bytes } of pieces) this.played.push(new TextDecoder().decode(bytes.slice(0, 16)));
    }
  }

  get said(): string[] {
    const on = this.view.watching ?? this.view.showing;
    return (on?.comments ?? []).map(({ person, text }) => `${person.isMe ? "me" : person.name}: ${text}`);
  }
}
