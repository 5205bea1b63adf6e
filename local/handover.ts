/** A value that one of several concurrent steps makes and others await. */
export class Handover<T> {
  readonly #resolvers = Promise.withResolvers<T>();

  constructor() {
    // When the maker fails and nobody waits yet, that is the maker's failure, not an unhandled one.
    this.#resolvers.promise.catch(() => {});
  }

  get value(): Promise<T> {
    return this.#resolvers.promise;
  }

  /** Hands over what `work` gives, or its failure. @returns the same value. */
  from(work: Promise<T>): Promise<T> {
    work.then(this.#resolvers.resolve, this.#resolvers.reject);
    return work;
  }
}
