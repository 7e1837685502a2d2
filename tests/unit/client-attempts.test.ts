import { Metadata, status } from "@grpc/grpc-js";
import { GatewayError } from "@hyperledger/fabric-gateway";
import { firstAnswer } from "../../client/attempts";
import { inWords, mayBeTaken, mayPass } from "../../client/failures";

const options = { impatientAfterMs: 50, mostAtOnce: 3, withinMs: 2_000, pauseMs: 5 };

function failure(code: status, message: string, details: readonly string[] = []): GatewayError {
  const cause = Object.assign(new Error(message), { code, details: message, metadata: new Metadata() });
  const said = details.map((text) => ({ address: "peer0:7051", mspId: "Org1MSP", message: text }));
  return new GatewayError({ message, code, details: said, cause });
}

const away = () => failure(status.UNAVAILABLE, "14 UNAVAILABLE: no connection");

test("asks again after a failure that may pass, one after the other", async () => {
  const asked: number[] = [];
  const answer = firstAnswer((attempt) => {
    asked.push(attempt);
    return attempt < 2 ? Promise.reject(away()) : Promise.resolve("yes");
  }, options);
  await expect(answer).resolves.toBe("yes");
  expect(asked).toEqual([0, 1, 2]);
});

test("does not wait for somebody who says nothing", async () => {
  const never = new Promise<string>(() => undefined);
  const answer = firstAnswer((attempt) => (attempt === 0 ? never : Promise.resolve("the other")), options);
  await expect(answer).resolves.toBe("the other");
});

test("a late answer of the first counts while the second is asked", async () => {
  const slow = new Promise<string>((resolve) => void setTimeout(() => resolve("late"), 80));
  const never = new Promise<string>(() => undefined);
  await expect(firstAnswer((attempt) => (attempt === 0 ? slow : never), options)).resolves.toBe("late");
});

test("does not pile questions onto peers that are only slow", async () => {
  let open = 0;
  const slow = () => new Promise<string>((resolve) => void setTimeout(() => resolve("slow"), 400 + (open += 1)));
  await expect(firstAnswer(slow, options)).resolves.toBe("slow");
  expect(open).toBe(3);
});

test("believes a refusal at once", async () => {
  let asked = 0;
  const refusal = failure(status.ABORTED, "10 ABORTED", ["chaincode response 500, no such asset"]);
  const answer = firstAnswer(() => {
    asked += 1;
    return Promise.reject(refusal);
  }, options);
  await expect(answer).rejects.toBe(refusal);
  expect(asked).toBe(1);
});

test("gives up when its time is over, with the last failure", async () => {
  const failures: GatewayError[] = [];
  const answer = firstAnswer(() => {
    const failed = away();
    failures.push(failed);
    return Promise.reject(failed);
  }, options);
  const thrown: unknown = await answer.catch((error: unknown) => error);
  expect(failures.length).toBeGreaterThan(1);
  expect(thrown).toBe(failures.at(-1));
});

test.each([
  ["nobody there", away(), true, true],
  ["no endorsers known", failure(status.FAILED_PRECONDITION, "no combination of peers"), true, true],
  ["somebody away, or an ordering node's no", failure(status.ABORTED, "failed", ["connection refused"]), true, false],
  ["chaincode said no", failure(status.UNKNOWN, "evaluate: chaincode response 500, no"), false, false],
  ["not allowed", failure(status.PERMISSION_DENIED, "access denied"), false, false],
  ["something of our own", new Error("bug"), false, false],
])("%s: whether asking and submitting again may help", (_case, error, asking, submitting) => {
  expect([mayPass(error), mayBeTaken(error)]).toEqual([asking, submitting]);
});

test("what nodes said is part of an error's words", () => {
  expect(inWords(failure(status.ABORTED, "10 ABORTED: see details", ["chaincode response 500, no"]))).toBe(
    "10 ABORTED: see details; peer0:7051 (Org1MSP): chaincode response 500, no",
  );
});
