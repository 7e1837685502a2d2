/** Silent nodes are taken out only when it is them, and not us, who are cut off. */
import * as fc from "fast-check";
import { failuresNeeded, Watchdog, type Watched } from "../../../agent/watch/watchdog";

const one = (id: string, there: boolean, change: Partial<Watched> = {}): Watched => ({
  id,
  own: true,
  counted: true,
  there,
  ...change,
});

/** What the watchdog says after `times` looks at the same. */
function after(times: number, seen: readonly Watched[], watchdog = new Watchdog()) {
  let said = watchdog.look(seen, 0);
  for (let time = 1; time < times; time += 1) said = watchdog.look(seen, 2000 * time);
  return said;
}

test("the third failure in a row counts, if most of the others answer", () => {
  const seen = [one("peer", false), one("orderer", true), one("another", true)];
  expect(after(2, seen)).toEqual([]);
  expect(after(3, seen)).toEqual([{ id: "peer", failures: 3 }]);
});

test("an answer in between begins anew", () => {
  const watchdog = new Watchdog();
  const others = [one("orderer", true), one("another", true)];
  after(2, [one("peer", false), ...others], watchdog);
  watchdog.look([one("peer", true), ...others], 5000);
  expect(after(2, [one("peer", false), ...others], watchdog)).toEqual([]);
});

test("one that is put back while it is still silent is taken out more and more rarely", () => {
  const watchdog = new Watchdog();
  const seen = [one("peer", false), one("orderer", true), one("another", true)];
  after(3, seen, watchdog);
  const at: number[] = [];
  for (let now = 6000; now <= 200_000; now += 2000)
    for (const { id } of watchdog.look(seen, now)) {
      watchdog.done(id, now);
      at.push(now);
    }
  expect(at).toEqual([6000, 16_000, 36_000, 76_000, 156_000]);
});

test("never a stranger, never a pod that does not count as ready, never anybody where half of them or more are silent", () => {
  const seen = fc.array(fc.record({ own: fc.boolean(), counted: fc.boolean(), there: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1, maxLength: 12 }), (looks) => {
      const watchdog = new Watchdog();
      const failures = new Map<string, number>();
      looks.forEach((look, time) => {
        const named = look.map((sight, index) => ({ id: `node-${index}`, ...sight }));
        for (const id of [...failures.keys()]) if (!named.some((sight) => sight.id === id)) failures.delete(id);
        for (const { id, there } of named) failures.set(id, there ? 0 : (failures.get(id) ?? 0) + 1);
        for (const { id } of watchdog.look(named, 2000 * time)) {
          expect(named.find((sight) => sight.id === id)).toMatchObject({ own: true, counted: true, there: false });
          expect(named.filter(({ there }) => there).length).toBeGreaterThan(named.length / 2);
          expect(failures.get(id)).toBeGreaterThanOrEqual(failuresNeeded);
        }
      });
    }),
  );
});

test("of a cut network the smaller part judges nobody, nor does half of one", () => {
  const seen = (answering: number, silent: number) => [
    ...Array.from({ length: answering }, (_, index) => one(`near-${index}`, true)),
    ...Array.from({ length: silent }, (_, index) => one(`far-${index}`, false)),
  ];
  expect(after(5, seen(1, 3))).toEqual([]);
  expect(after(5, seen(2, 2))).toEqual([]);
  expect(after(5, seen(3, 2)).map(({ id }) => id)).toEqual(["far-0", "far-1"]);
});

test("it suspects somebody from the first failure on, as long as the pod counts as ready", () => {
  const watchdog = new Watchdog();
  const after = (there: boolean, change: Partial<Watched> = {}): boolean => {
    watchdog.look([one("peer", there, change), one("orderer", true)], 0);
    return watchdog.suspects;
  };
  expect(after(true)).toBe(false);
  expect(after(false)).toBe(true);
  expect(after(false, { counted: false })).toBe(false);
  expect(after(false, { own: false })).toBe(false);
});
