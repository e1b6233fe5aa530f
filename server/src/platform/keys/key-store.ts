/**
 * Where the keyring keeps its records: small texts, each under an owner (an account's id, or `installation`) and a name.
 * What a record holds is wrapped already; a store only has to keep it, and to forget it for good.
 */
export interface KeyStore {
  /** For operators: a path, or a database without its password. */
  readonly location: string;
  read(owner: string, name: string): Promise<string | null>;
  /** Keeps the record that is there already, if there is one. Kept for good when it returns. */
  insert(owner: string, name: string, content: string): Promise<void>;
  /** The old content or the new one is there at any moment, and the new one for good when it returns. */
  replace(owner: string, name: string, content: string): Promise<void>;
  /** Does nothing when the record is gone already. */
  remove(owner: string, name: string): Promise<void>;
  owners(): Promise<string[]>;
  names(owner: string): Promise<string[]>;
  close(): Promise<void>;
}
