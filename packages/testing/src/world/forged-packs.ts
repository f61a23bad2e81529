/** A home that shows one person other packs than everybody, signs them, and says that theirs is the newest. */
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  channelEntryHash,
  decodeChannelEntry,
  decodePackFile,
  decodePackFiles,
  decodePackHead,
  decodePackSaid,
  encodeChannelEntry,
  encodePackFile,
  encodePackFiles,
  encodePackHead,
  encodePackSaid,
  type PackFile,
  type PackSaid,
  packBytes,
  packHashOf,
} from "@yanshu/wire";
import { homeSeed, type PublicLine } from "./channels.ts";

const { sha256, sign, signatureKeyPair } = createBunCrypto({ random: (length) => new Uint8Array(length) });

export type ForgedPack = Omit<PackFile, "said"> & { readonly said: PackSaid };

export class ForgedPacks {
  private last: Bytes | undefined;
  private readonly hashes = new Map<number, Bytes>();

  /**
   * From now on each pack on that line is what `change` makes of it, behind the one that was forged before.
   *
   * @param isHeadToo false: home goes on showing everybody's head.
   */
  on(line: PublicLine, change: (file: ForgedPack) => ForgedPack, isHeadToo = false): void {
    line.change = async (path, body) => {
      if (isHeadToo && path === "/public/head") {
        const { n, hash } = decodePackHead(body);
        return encodePackHead({ n, hash: this.hashes.get(n) ?? hash });
      }
      if (!path.startsWith("/public/packs/")) return body;
      const files = [];
      for (const one of decodePackFiles(body)) files.push(await this.forged(one, change));
      return encodePackFiles(files);
    };
  }

  private async forged(one: Bytes, change: (file: ForgedPack) => ForgedPack): Promise<Bytes> {
    const file = decodePackFile(one);
    const said = decodePackSaid(file.said);
    const next = change({ ...file, said: this.last === undefined ? said : { ...said, prev: this.last } });
    const saidBytes = encodePackSaid(next.said);
    this.last = packHashOf(sha256, saidBytes);
    this.hashes.set(next.said.n, this.last);
    const { privateKey } = await signatureKeyPair(homeSeed);
    return encodePackFile({ ...next, said: saidBytes, signature: await sign(privateKey, packBytes(saidBytes)) });
  }
}

/** Another word in the author's mouth: one sign of this title is another one. */
export function otherWords(title: string): (file: ForgedPack) => ForgedPack {
  return (file) => {
    const { said, signature } = decodeChannelEntry(sha256, file.entries[0] as Bytes);
    const at = Buffer.from(said).indexOf(title);
    const other = said.map((byte, place) => (place === at + Buffer.byteLength(title) - 1 ? byte ^ 1 : byte));
    const hash = channelEntryHash(sha256, other);
    const places = file.said.places.map((one) => ({ ...one, hash }));
    return { ...file, said: { ...file.said, places }, entries: [encodeChannelEntry(other, signature)] };
  };
}

export const leftOut = (file: ForgedPack): ForgedPack => ({ ...file, said: { ...file.said, places: [] }, entries: [] });
