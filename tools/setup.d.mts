/** Types of setup.mjs, which is plain Node for it runs before any package is there. */
export declare const root: string;
export declare const bunPath: string;
export declare const nodePath: string;
export declare class SetupError extends Error {}
export declare function asCommand(main: () => void | Promise<void>): Promise<void>;
export declare function ensureInstalled(): void;
export declare function nodeFault(version: string): string | undefined;
export declare function binOf(name: string, file: string): string;
export declare function become(command: string, args: readonly string[], env?: Record<string, string>): void;
