/**
 * Canary: 128 random bits that stand for what a person entered, and every form in which a server
 * could hold them. Text carries them as hex digits, pictures as bytes.
 */
import { createHash, randomInt } from "node:crypto";
import type { Needle } from "./matcher.ts";

export type Canary = {
  /** Which field carries it. */
  readonly name: string;
  readonly bytes: Buffer;
  /** 32 hex digits, where it stands for a text. */
  readonly text: string;
};

export class Canaries {
  readonly all: Canary[] = [];

  /** A fresh one for `name`. */
  make(name: string): Canary {
    const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
    const canary = { name, bytes, text: bytes.toString("hex") };
    this.all.push(canary);
    return canary;
  }

  text(name: string): string {
    return this.make(name).text;
  }

  /** A small picture that holds one. */
  picture(name: string, length = 400): Uint8Array {
    const { bytes } = this.make(name);
    const picture = Buffer.alloc(length, 0x5a);
    Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(picture);
    bytes.copy(picture, 101);
    return new Uint8Array(picture);
  }

  /** A place's coordinate, as exact as places are said, that stands nowhere else. */
  degrees(name: string, whole: number): number {
    // It ends in no zero: what is written shorter would be found by chance.
    const degrees = whole + (10 * randomInt(10_000, 100_000) + randomInt(1, 10)) / 1e6;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(degrees);
    this.all.push({ name, bytes, text: `${degrees}` });
    return degrees;
  }

  /** By which a known file could be recognised. */
  hash(algorithm: string, file: Uint8Array): void {
    const bytes = createHash(algorithm).update(file).digest();
    this.all.push({ name: `${algorithm} of a file`, bytes, text: bytes.toString("hex") });
  }

  needles(): Needle[] {
    return this.all.flatMap(needlesOf);
  }
}

export function needlesOf({ name, bytes, text }: Canary): Needle[] {
  const forms: [form: string, bytes: Buffer][] = [
    ["bytes", bytes],
    ["utf-8", Buffer.from(text)],
    ["upper case", Buffer.from(text.toUpperCase())],
    ["utf-16le", Buffer.from(text, "utf16le")],
    ["utf-16be", Buffer.from(text, "utf16le").swap16()],
    ["hex", Buffer.from(Buffer.from(text).toString("hex"))],
    ["hex, upper case", Buffer.from(Buffer.from(text).toString("hex").toUpperCase())],
    ["numbers", Buffer.from([...bytes].join(","))],
    ...base64Forms("base64", Buffer.from(text)),
    ...base64Forms("base64 of bytes", bytes),
  ];
  return forms.map(([form, needle]) => ({ name, form, bytes: needle }));
}

/** An id or a key: as it is, as hex, as base64. */
export function needlesOfBytes(name: string, bytes: Uint8Array): Needle[] {
  const buffer = Buffer.from(bytes);
  const forms: [form: string, bytes: Buffer][] = [
    ["bytes", buffer],
    ["hex", Buffer.from(buffer.toString("hex"))],
    ["hex, upper case", Buffer.from(buffer.toString("hex").toUpperCase())],
    ...base64Forms("base64", buffer),
  ];
  return forms.map(([form, needle]) => ({ name, form, bytes: needle }));
}

/** What stands in base64 whatever comes before and after: three alignments, two alphabets. */
function base64Forms(form: string, bytes: Buffer): [string, Buffer][] {
  return [0, 1, 2].flatMap((before): [string, Buffer][] => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = encoded.slice(first, last);
    const url = inner.replaceAll("+", "-").replaceAll("/", "_");
    const plain: [string, Buffer] = [`${form}+${before}`, Buffer.from(inner)];
    return url === inner ? [plain] : [plain, [`${form}url+${before}`, Buffer.from(url)]];
  });
}
