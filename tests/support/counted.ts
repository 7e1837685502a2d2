/** How often the properties of a value are read, at any depth: work that can be counted where time cannot be relied on. */
export function counted<T extends object>(value: T): { readonly value: T; readonly reads: () => number } {
  let reads = 0;
  const seen = new WeakMap<object, object>();
  const watch = <V extends object>(inner: V): V => {
    const known = seen.get(inner);
    if (known !== undefined) return known as V;
    const proxy = new Proxy(inner, {
      get(target, key, receiver) {
        reads++;
        const found: unknown = Reflect.get(target, key, receiver);
        return typeof found === "object" && found !== null ? watch(found) : found;
      },
    });
    seen.set(inner, proxy);
    return proxy;
  };
  return { value: watch(value), reads: () => reads };
}
