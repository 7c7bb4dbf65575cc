/** Certificates of a test's own, made by `openssl`. */
import { leftOutWithout } from "./ci.ts";

const openssl = (...args: string[]) =>
  new Deno.Command("openssl", { args, stdout: "null", stderr: "piped" }).output();

const there = await openssl("version").then(({ success }) => success, () => false);

/** Whether tests with certificates are left out: `openssl` is not installed. */
export const opensslLeftOut = leftOutWithout(there);
/** Why, for their names. */
export const opensslAbsence = there ? "" : " (no openssl: left out)";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate and its key: the paths of their files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

async function make(...args: string[]): Promise<void> {
  const { success, stderr } = await openssl(...args);
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** One who signs certificates, in a folder that goes with the test. */
export class Authority implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly #own = this.#files("authority");
  #signed = 1;

  /** The file that others trust it by. */
  get cert(): string {
    return this.#own.cert;
  }

  static async make(): Promise<Authority> {
    const authority = new Authority(), { cert, key } = authority.#own;
    const name = ["-subj", "/CN=authority of a test", "-days", "2"];
    await make("req", "-x509", ...KEY, "-keyout", key, "-out", cert, ...name);
    return authority;
  }

  /**
   * Signs a certificate.
   *
   * @param names what it is for, as openssl writes that: `IP:127.0.0.1`, `DNS:localhost`
   * @param days how long it holds; below zero: it does not any more
   */
  async sign(name: string, names: string, days = 2): Promise<Certificate> {
    const { cert, key } = this.#files(name), asked = `${this.folder}/${name}.csr`;
    const more = `${this.folder}/${name}.ext`;
    await Deno.writeTextFile(more, `subjectAltName=${names}\n`);
    await make("req", ...KEY, "-keyout", key, "-out", asked, "-subj", `/CN=${name}`);
    const by = ["-CA", this.#own.cert, "-CAkey", this.#own.key];
    const numbered = ["-set_serial", `${++this.#signed}`];
    const holds = ["-days", `${days}`, "-extfile", more];
    await make("x509", "-req", "-in", asked, "-out", cert, ...by, ...numbered, ...holds);
    return { cert, key };
  }

  #files(name: string): Certificate {
    return { cert: `${this.folder}/${name}.pem`, key: `${this.folder}/${name}.key` };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** How a NATS server is told to encrypt. @param trusted the authority whose certificates it wants of others */
export const tlsArgs = ({ cert, key }: Certificate, trusted?: Authority): string[] => [
  ...["--tlscert", cert, "--tlskey", key],
  ...(trusted ? ["--tlsverify", "--tlscacert", trusted.cert] : ["--tls"]),
];
