/** What the core shows under “Me” (build/chunks.ts). */
export { MeScreen } from "./me.tsx";
export { Settings } from "./settings.tsx";
export { SignedOut } from "./signed-out.tsx";
