/**
 * What the library asks of where it runs: all that Deno, Node and a browser do each in their own way.
 *
 * A platform that cannot do something (a browser has no folders to write to) rejects with an error
 * whose {@link Platform.fault} is "other" and whose {@link Platform.reason} says so in plain words
 * ("files cannot be written here"); whoever asked puts it into a sentence of a `UserError`, with the
 * name of the file.
 */

/** Where a file or folder lies: a path, or the URL of one. */
export type Path = string | URL;

/** What is known of a file or folder without opening it. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "other";
  /** Size of a file in bytes. */
  readonly bytes: number;
  /** When its content was changed last. */
  readonly modified: Date;
}

/** A file or folder of a folder. */
export interface Entry {
  /** Without the folder. */
  readonly name: string;
  /** What it is itself: a link is "other". */
  readonly kind: FileFacts["kind"];
}

/** A file that is open for reading in pieces; `await using` closes it. */
export interface OpenFile extends AsyncDisposable {
  /** Its size when it was opened, in bytes. */
  readonly bytes: number;
  /** So many bytes from place `at`; fewer where the file ends before. */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file that is added to at its end; `await using` closes it. */
export interface AppendedFile extends AsyncDisposable {
  /** Its size when it was opened, in bytes. */
  readonly bytes: number;
  write(bytes: Uint8Array): Promise<void>;
  /** Back to nothing. */
  clear(): Promise<void>;
  /** Resolves once the disk has all that was written. */
  sync(): Promise<void>;
}

/** A SHA-256 in the making. */
export interface Sha256 {
  /** Takes in more bytes. */
  update(bytes: Uint8Array): void;
  /** The hash of all bytes, in lower-case hexadecimal; called once, at the end. */
  hex(): string;
}

/** A value that follows the asynchronous call it was given to, through every `await`. */
export interface AsyncLocal<T> {
  /** Calls `f`; in it, and in all that it awaits, `get` gives `value`. */
  run<R>(value: T, f: () => R): R;
  /** The value of the call at hand; undefined outside of any `run`. */
  get(): T | undefined;
}

/**
 * In which way the system refused: a file or folder is `missing`; the name already `exists`; it is
 * `forbidden` to the program or to the user; the disk is `full`; or some `other` (a lost connection).
 */
export type Fault = "missing" | "exists" | "forbidden" | "full" | "other";

/** A module that runs beside the program, in a thread of its own. */
export interface Helper {
  /** Sends it a message, which is copied. */
  tell(message: unknown): void;
  /** Ends it, whatever it is doing. */
  end(): void;
}

/** What becomes of what a helper says. */
export interface HelperListener {
  hear(message: unknown): void;
  /** Called where it ended with an error that nobody caught. */
  broke(message: string): void;
}

/** Code that computes beside the program, on memory that both share. */
export interface Thread {
  /** Ends it, whatever it is doing. */
  end(): Promise<void>;
}

/** Where and how long something is served. */
export interface Serving {
  readonly hostname: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** How long a request's headers may take to come, in ms. Default 15 000. */
  readonly headersMs?: number;
  /** Ends the serving, and all that is being answered. */
  readonly signal?: AbortSignal;
  /** Called once requests are heard, with where. */
  onListen?(hostname: string, port: number): void;
}

/** A terminal that can be written to. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Platform {
  /** What runs the library, by name: `{ deno: "2.9.6" }`. */
  readonly versions: Readonly<Record<string, string>>;
  /** The system and the processor: `linux x86_64`. */
  readonly machine: string;
  /** Why no GPU is looked for here, whatever the machine has; undefined where one is. */
  noGpu(): string | undefined;
  /** Why no native code may be loaded here, likewise. */
  noNative(): string | undefined;

  /** A variable of the environment; undefined where it is not set, or may not be read. */
  env(name: string): string | undefined;

  // the program

  /** What stands behind the program's name on its command line. */
  programArguments(): readonly string[];
  /** Ends the program. */
  exit(code: number): never;
  /** Calls `listener` each time that somebody asks the program to stop, with Ctrl-C or by signal. */
  onStop(listener: () => void): void;
  /** Whether standard error is a terminal. */
  isTerminal(): boolean;
  /** That terminal; undefined where it is none. */
  terminal(): Terminal | undefined;
  /** Writes to standard error, as it is and at once. */
  writeError(text: string): void;
  /** Any value in words, for those who look for a fault. */
  inspect(value: unknown): string;

  // beside the program

  /**
   * Starts a module in a thread of its own.
   *
   * @example
   * ```ts
   * const helper = platform.startHelper(new URL("./helper.ts", import.meta.url), {
   *   hear: (message) => console.log(message),
   *   broke: (message) => console.error(message),
   * });
   * helper.tell("begin");
   * ```
   */
  startHelper(module: URL, listener: HelperListener): Helper;
  /** In such a module: who started it. */
  readonly starter: {
    /** Calls `listener` with each message. */
    hear(listener: (message: unknown) => void): void;
    tell(message: unknown): void;
    /** Calls `listener` with what nobody else catches: the thread goes on, and nothing is printed. */
    caught(listener: (error: unknown) => void): void;
    /** Hears nothing more, so that the thread ends with what it is doing. */
    leave(): void;
  };
  /**
   * Starts a thread that computes on shared memory. It needs no file and no permission, and does not
   * keep the program from ending.
   *
   * @param code the text of a function that uses nothing but its argument, `data`; the thread lasts until
   * the promise that it returns is settled
   * @throws where there can be no more threads.
   */
  startThread(code: string, data: unknown): Thread;
  /** How many threads compute at the same time on this machine, as far as the program may use it. */
  readonly cores: number;
  /** This machine's addresses in its networks, IPv4 first; none where they may not be read. */
  addresses(): readonly string[];
  /**
   * Answers HTTP requests until the signal is aborted. A client that says nothing is not waited
   * for.
   *
   * @throws where it cannot listen there; an error whose code is EADDRINUSE where that is taken.
   */
  serve(
    handler: (request: Request) => Response | Promise<Response>,
    where: Serving,
  ): Promise<void>;

  // time

  asyncLocal<T>(): AsyncLocal<T>;
  /** Lets signals, timers and other work through: resolves once the event loop has parked. */
  pause(): Promise<void>;

  // errors

  /** In which way the system refused; undefined where the error is our own, or no system's. */
  fault(error: unknown): Fault | undefined;
  /** Why something failed, for the end of a sentence: "there is no such file". */
  reason(error: unknown): string;

  // files

  /**
   * Reads a file whole; one of the web, too, where the library was imported from there.
   *
   * @throws the signal's reason once it is aborted; else as {@link fault} tells.
   */
  readFile(path: Path, options?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>;
  /** Likewise a file of this machine, at once: a small one, for what is made without waiting. */
  readFileSync(path: Path): Uint8Array<ArrayBuffer>;
  /** Reads UTF-8, without a byte order mark. */
  readText(path: Path, options?: { signal?: AbortSignal }): Promise<string>;
  openFile(path: Path): Promise<OpenFile>;
  /** Looks at a file or folder, or at what a link leads to. */
  stat(path: Path): Promise<FileFacts>;
  /** Looks at what has this name itself, which is "other" where it is a link; undefined for nothing. */
  look(path: Path): Promise<FileFacts | undefined>;
  /** Whether there is anything of this name, be it a link that leads nowhere. */
  exists(path: Path): Promise<boolean>;
  list(folder: Path): AsyncIterable<Entry>;
  /** The whole address of a file, from the folder where the program was started. */
  fileUrl(path: Path): URL;
  /** The file `path` beside what `exported` means: a module of an npm package that is in use. */
  packageFile(exported: string, path: string): URL;

  /** Whether files of a folder may be read and written without anybody being asked for it. */
  mayUse(folder: string): boolean;
  /** Makes a folder and those above it; one that is there is left as it is. */
  makeFolder(path: string): Promise<void>;
  /** Makes a folder in `folder` with a hidden name of its own, to be renamed or removed; its path. */
  makeTemporaryFolder(folder: string): Promise<string>;
  /**
   * Removes from `folder` what is hidden there because it never became whole: what other programs
   * left behind when they were ended, not what living ones are writing. What may not be removed stays.
   */
  sweep(folder: string): Promise<void>;
  /** Writes a file (text as UTF-8), over one that is there. */
  writeFile(path: string, content: Uint8Array | string): Promise<void>;
  /**
   * Writes a file whole or not at all: under a hidden name beside it, which is then renamed. Nothing
   * is left behind on failure.
   *
   * @param content or what writes the file, or the folder, that is to lie at `path`, where it is told
   * @param options as of {@link rename}
   */
  writeWhole(
    path: string,
    content: Uint8Array | string | ((partial: string) => Promise<unknown>),
    options?: { replace?: boolean },
  ): Promise<void>;
  /**
   * Renames a file or folder on one disk.
   *
   * @param options.replace whether a file of that name, or an empty folder, may be lost; default
   * true. Else that is the fault `exists`, also where another program makes it at the same moment.
   */
  rename(from: string, to: string, options?: { replace?: boolean }): Promise<void>;
  /** Removes a file, or a folder with all that is in it; nothing where there is none. */
  remove(path: string): Promise<void>;

  // files that programs share

  /** Opens a file to add to it; makes it where there is none. */
  openAppend(path: string): Promise<AppendedFile>;
  /**
   * Waits until nobody holds the lock that a file stands for, and holds it until it is disposed of or
   * the program ends, in whatever way. The file is made where there is none, with its folder, and
   * stays. Where the disk knows no locks, nobody waits.
   *
   * @param options.onWait called once, where somebody else holds it
   * @throws the signal's reason once it is aborted.
   */
  lock(
    path: string,
    options?: { signal?: AbortSignal; onWait?: () => void },
  ): Promise<AsyncDisposable>;
  /**
   * Makes a link at `path`, which leads to the file `target`, seen from its folder; false where there
   * can be no links.
   */
  linkTo(target: string, path: string): Promise<boolean>;
  /** Copies a file, whole or not at all, over one that is there. */
  copyFile(from: string, to: string): Promise<void>;
  /** Where a path leads in the end, links followed. */
  realPath(path: string): Promise<string>;

  // bytes

  /** SHA-256 in lower-case hexadecimal. */
  sha256(bytes: Uint8Array): Promise<string>;
  /** Begins a SHA-256 of bytes that come in pieces. */
  startSha256(): Sha256;
  /** The checksum that PNG and ZIP have (CRC-32, ISO 3309), 0..2³² − 1. */
  crc32(bytes: Uint8Array): number;
  /** Packs bytes (zlib, RFC 1950). One platform always packs the same bytes alike. */
  deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Unpacks them.
   *
   * @param limit how many bytes there may be
   * @throws RangeError where there are more; another error, with the fault, where they are damaged.
   */
  inflate(bytes: Uint8Array, limit: number): Promise<Uint8Array<ArrayBuffer>>;

  // GPU

  /** Asks for a GPU, the fastest there is; nothing where WebGPU or an adapter is missing. */
  gpuAdapter(): Promise<GPUAdapter | null | undefined>;
}
