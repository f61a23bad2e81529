/// <reference types="vite/client" />

/** Made by the build: the words of all features in one language (build/compiled-catalogs.ts). */
declare module "virtual:words/*" {
  export const messages: Readonly<Record<string, string>>;
}
