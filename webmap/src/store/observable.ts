/**
 * A plain observable: one frozen state, patches, listeners told once a turn what changed.
 *
 * A layer may be laid over it: readers see that instead, and what is set meanwhile goes below.
 */

export type Listener<S> = (state: S, changed: ReadonlySet<keyof S>) => void;

export class Observable<S extends object> {
  #state: Readonly<S>;
  #below: Readonly<S>;
  #over: Readonly<Partial<S>> | null = null;
  #changed = new Set<keyof S>();
  #listeners = new Set<Listener<S>>();

  constructor(initial: S) {
    this.#state = Object.freeze({ ...initial });
    this.#below = this.#state;
  }

  get state(): Readonly<S> {
    return this.#state;
  }

  /** What there is, whatever is laid over it. */
  get below(): Readonly<S> {
    return this.#below;
  }

  set(patch: Partial<S>): void {
    this.#below = Object.freeze({ ...this.#below, ...patch });
    this.#show();
  }

  /** Lay something over what there is; null lets it be seen again. */
  lay(over: Partial<S> | null): void {
    this.#over = over;
    this.#show();
  }

  #show(): void {
    const seen = { ...this.#below, ...this.#over };
    const keys = (Object.keys(seen) as (keyof S)[]).filter((key) => seen[key] !== this.#state[key]);
    if (keys.length === 0) return;
    this.#state = Object.freeze(seen);
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
    for (const key of keys) this.#changed.add(key);
  }

  subscribe(listener: Listener<S>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of [...this.#listeners]) listener(this.#state, changed);
  }
}
