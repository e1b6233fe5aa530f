/** Bytes that somebody keeps until others need the room more. */
export interface Claim {
  readonly owner: string;
  readonly bytes: number;
  /** Lets go of them. Called when they were not asked for longer than all others. */
  readonly drop: () => void;
}

/** Bounds what is kept, by all together and by each of them: whoever wants more than that pushes out what is oldest. */
export class Budget {
  readonly #most: { readonly inAll: number; readonly ofOwner: number };
  /** The one that was not used for the longest time first. */
  readonly #claims = new Set<Claim>();
  readonly #ofOwner = new Map<string, number>();
  #inAll = 0;

  constructor(most: { inAll: number; ofOwner: number }) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#inAll;
  }

  /** Whether nobody would be pushed out. */
  hasRoom({ owner, bytes }: Pick<Claim, 'owner' | 'bytes'>): boolean {
    return (
      this.#inAll + bytes <= this.#most.inAll && (this.#ofOwner.get(owner) ?? 0) + bytes <= this.#most.ofOwner
    );
  }

  add(claim: Claim): void {
    for (const each of this.#claims) {
      if (this.hasRoom(claim)) break;
      const isOwn = each.owner === claim.owner;
      const ownIsFull = (this.#ofOwner.get(claim.owner) ?? 0) + claim.bytes > this.#most.ofOwner;
      if (ownIsFull && !isOwn) continue;
      this.remove(each);
      each.drop();
    }
    this.#claims.add(claim);
    this.#count(claim, claim.bytes);
  }

  /** It was just used. */
  touch(claim: Claim): void {
    if (this.#claims.delete(claim)) this.#claims.add(claim);
  }

  remove(claim: Claim): void {
    if (this.#claims.delete(claim)) this.#count(claim, -claim.bytes);
  }

  #count({ owner }: Claim, bytes: number): void {
    this.#inAll += bytes;
    const left = (this.#ofOwner.get(owner) ?? 0) + bytes;
    if (left > 0) this.#ofOwner.set(owner, left);
    else this.#ofOwner.delete(owner);
  }
}
