/**
 * What portable code may take for granted beyond the language: pure functions that Bun, browsers and
 * workers all have. No clock, chance, timer, network or disk; those are ports (docs/spec/rooms.md RO6).
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
declare class URL {
  constructor(url: string, base?: string);
  readonly hash: string;
  readonly host: string;
  readonly hostname: string;
  readonly href: string;
  readonly origin: string;
  readonly pathname: string;
  readonly port: string;
  readonly protocol: string;
  readonly search: string;
}
declare function structuredClone<T>(value: T): T;
declare function queueMicrotask(task: () => void): void;
declare function atob(text: string): string;
declare function btoa(text: string): string;
