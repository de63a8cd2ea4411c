/** A plain observable: one frozen state, patches, listeners told once a turn what changed. */

export type Listener<S> = (state: S, changed: ReadonlySet<keyof S>) => void;

export class Observable<S extends object> {
  #state: Readonly<S>;
  #changed = new Set<keyof S>();
  #listeners = new Set<Listener<S>>();

  constructor(initial: S) {
    this.#state = Object.freeze({ ...initial });
  }

  get state(): Readonly<S> {
    return this.#state;
  }

  set(patch: Partial<S>): void {
    const keys = (Object.keys(patch) as (keyof S)[]).filter(
      (key) => patch[key] !== this.#state[key],
    );
    if (keys.length === 0) return;
    this.#state = Object.freeze({ ...this.#state, ...patch });
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
