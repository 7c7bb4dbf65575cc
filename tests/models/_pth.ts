/** PyTorch checkpoints by hand, to say in them what torch.save never would. */

/** One byte a character. */
export const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

const little = (value: number, bytes: number): string =>
  String.fromCharCode(
    ...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer).subarray(0, bytes),
  );

// Pickled values, written as text of one byte a character.
export const text = (value: string): string => `X${little(value.length, 4)}${value}`;
export const integer = (value: number): string => `\x8a\x08${little(value, 8)}`;
export const tuple = (...items: string[]): string => `(${items.join("")}t`;
export const name = (module: string, name: string): string => `c${module}\n${name}\n`;
export const call = (callee: string, ...args: string[]): string => `${callee}${tuple(...args)}R`;
export const dict = (entries: Record<string, string>): string =>
  `}(${Object.entries(entries).map(([key, value]) => text(key) + value).join("")}u`;
export const storage = (key: string, length: number, type = "FloatStorage"): string =>
  `${tuple(text("storage"), name("torch", type), text(key), text("cpu"), integer(length))}Q`;
export const tensor = (from: string, offset: number, shape: number[], strides: number[]): string =>
  call(
    name("torch._utils", "_rebuild_tensor_v2"),
    from,
    integer(offset),
    tuple(...shape.map(integer)),
    tuple(...strides.map(integer)),
    "\x89",
    call(name("collections", "OrderedDict")),
  );
export const pickle = (value: string): string => `\x80\x02${value}.`;

/** How {@link zip} deviates from what torch.save writes. */
export interface ZipOptions {
  /** Puts all sizes and offsets into zip64 fields. */
  zip64?: boolean;
  /** 8 claims that the entries are compressed. */
  method?: number;
  /** 1 claims that they are encrypted. */
  flags?: number;
  comment?: string;
}

/** An archive of these files; the same text under two names is stored once, the second overlaps. */
export function zip(
  files: [name: string, data: string][],
  { zip64 = false, method = 0, flags = 0, comment = "" }: ZipOptions = {},
): Uint8Array {
  let out = "", directory = "";
  const places = new Map<string, number>();
  for (const [path, data] of files) {
    const packing = little(flags, 2) + little(method, 2) + little(0, 8);
    const local = places.get(data) ?? out.length;
    if (local === out.length) {
      out += `PK\x03\x04${little(20, 2)}${packing}${little(data.length, 4).repeat(2)}` +
        `${little(path.length, 2)}${little(0, 2)}${path}${data}`;
      places.set(data, local);
    }
    const sizes = zip64 ? "\xff".repeat(8) : little(data.length, 4).repeat(2);
    const extra = zip64
      ? `\x99\x99\x01\0z\x01\0${little(24, 2)}${little(data.length, 8).repeat(2)}${
        little(local, 8)
      }`
      : "";
    directory += `PK\x01\x02${little(20, 4)}${packing}${sizes}${little(path.length, 2)}` +
      `${little(extra.length, 2)}${"\0".repeat(10)}${zip64 ? "\xff".repeat(4) : little(local, 4)}` +
      path + extra;
  }
  const at = out.length, count = files.length;
  out += directory;
  if (zip64) {
    const record = out.length;
    out += `PK\x06\x06${little(44, 8)}${"\0".repeat(12)}${little(count, 8).repeat(2)}` +
      `${little(directory.length, 8)}${little(at, 8)}` +
      `PK\x06\x07${little(0, 4)}${little(record, 8)}${little(1, 4)}`;
  }
  const counts = zip64 ? "\xff".repeat(4) : little(count, 2).repeat(2);
  const places32 = zip64 ? "\xff".repeat(8) : little(directory.length, 4) + little(at, 4);
  out += `PK\x05\x06${little(0, 4)}${counts}${places32}${little(comment.length, 2)}${comment}`;
  return latin1(out);
}

/** A zipped checkpoint of this pickled value and these storages. */
export const zippedPth = (
  value: string,
  storages: Record<string, string> = {},
  options?: ZipOptions,
): Uint8Array =>
  zip([
    ["a/data.pkl", pickle(value)],
    ...Object.entries(storages).map(([key, data]): [string, string] => [`a/data/${key}`, data]),
  ], options);

export const legacyMagic = pickle("\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19");
/** What a legacy checkpoint begins with: its magic number, its protocol, the machine it is from. */
export const legacyHead = legacyMagic + pickle("M\xe9\x03") +
  pickle(dict({ little_endian: "\x88" }));

/** A legacy checkpoint of this pickled value, this list of storages and these bytes behind it. */
export const legacyPth = (value: string, keys: string[] = [], data = ""): Uint8Array =>
  latin1(legacyHead + pickle(value) + pickle(`](${keys.map(text).join("")}e`) + data);

/** The fixture of this name, made once by PyTorch 1.13's `torch.save`. */
export const fixture = (name: string): Uint8Array =>
  Deno.readFileSync(new URL(`../fixtures/weights/${name}`, import.meta.url));
