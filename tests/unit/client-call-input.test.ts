import { PassThrough } from "node:stream";
import { readCallInput } from "../../client/call-input";

const given = (text: string, ended: boolean) => {
  const stream = new PassThrough();
  stream.write(text);
  if (ended) stream.end();
  return readCallInput(stream);
};

test("the input is one line; whoever wrote it may leave the stream open", async () => {
  const line = '{"arguments":["é","b c"],"transient":{"price":"120"}}\n';
  await expect(given(line, false)).resolves.toEqual({ arguments: ["é", "b c"], transient: { price: "120" } });
  await expect(given('{"arguments":[]}', true)).resolves.toEqual({ arguments: [] });
});

test("a letter whose bytes come one after the other is one letter", async () => {
  const stream = new PassThrough();
  const read = readCallInput(stream);
  for (const byte of Buffer.from('{"arguments":["é"]}\n')) stream.write(Buffer.of(byte));
  await expect(read).resolves.toEqual({ arguments: ["é"] });
});

test.each([
  "",
  "put a b",
  "[]",
  "null",
  '{"arguments":"a"}',
  '{"arguments":[1]}',
  '{"arguments":[],"transient":{"a":1}}',
])("%j is refused with what is allowed", async (text) => {
  await expect(given(text, true)).rejects.toThrow('one line of JSON such as {"arguments"');
});
