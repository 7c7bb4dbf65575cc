/** Buffers that a recording keeps to itself: nobody else's numbers come into them. */

/** Thrown where something cannot be recorded: it is computed step by step instead. */
export class Unrecordable extends Error {}

/** Who a buffer belongs to. */
const owners = new WeakMap<GPUBuffer, Arena>();

/** The arena that a buffer belongs to, if any. */
export const arenaOf = (buffer: GPUBuffer): Arena | undefined => owners.get(buffer);

export class Arena {
  readonly #device: GPUDevice;
  readonly #most: number;
  readonly #all = new Set<GPUBuffer>();
  /** Stay as they are for the life of the arena. */
  readonly #kept = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  #bytes = 0;
  #uniforms?: GPUBuffer;

  /** Buffers on a device, of so many bytes at most. */
  constructor(device: GPUDevice, most: number) {
    this.#device = device;
    this.#most = most;
  }

  /** Bytes of its buffers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The uniforms that were asked for last. */
  get uniforms(): GPUBuffer | undefined {
    return this.#uniforms;
  }

  /**
   * Gives a buffer. One that the host writes is given once: what it holds is there at each replay.
   *
   * @throws Unrecordable where it would be more than the arena may hold, or is made to be read.
   */
  acquire(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false): GPUBuffer {
    if (usage & GPUBufferUsage.MAP_READ) throw new Unrecordable("It reads what it computes");
    const free = this.#free.get(keyOf(size, usage));
    if (!mappedAtCreation && free?.length) return free.pop()!;
    if (this.#bytes + size > this.#most) throw new Unrecordable("It takes too much memory");
    const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation });
    owners.set(buffer, this);
    this.#all.add(buffer);
    this.#bytes += size;
    const isUniform = (usage & GPUBufferUsage.UNIFORM) > 0;
    if (isUniform) this.#uniforms = buffer;
    if (isUniform || mappedAtCreation) this.keep(buffer);
    return buffer;
  }

  /** Keeps what a buffer holds: it is not given again. */
  keep(buffer: GPUBuffer): void {
    this.#kept.add(buffer);
  }

  isKept(buffer: GPUBuffer): boolean {
    return this.#kept.has(buffer);
  }

  /** Takes a buffer back whose numbers nobody needs any more. */
  release(buffer: GPUBuffer): void {
    if (this.#kept.has(buffer) || !this.#all.has(buffer)) return;
    const key = keyOf(buffer.size, buffer.usage), free = this.#free.get(key);
    if (free) free.push(buffer);
    else this.#free.set(key, [buffer]);
  }

  /** Frees them all. */
  destroy(): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
    this.#free.clear();
    this.#bytes = 0;
  }
}

const keyOf = (size: number, usage: GPUBufferUsageFlags) => `${size} ${usage}`;
