/// <reference types="vite/client" />

/** Made by the build: the words of all features in one language (build/compiled-catalogs.ts). */
declare module "virtual:words/*" {
  export const messages: Readonly<Record<string, string>>;
}

/**
 * Made by the build: the part of a program's frame that comes with a program that names it (build/program-frame.ts).
 */
declare module "virtual:program-more" {
  const code: string;
  export default code;
}
