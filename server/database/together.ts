import type { Model } from "mongoose";

/** The driver's collection behind a model: no casting, every field as given. */
type Driver<T> = Pick<Model<T>, "collection">;

/**
 * For writes that what is stored already makes again after a crash, or that a journaled write follows before anybody relies on
 * them (the journal keeps their order): they do not wait for the disk.
 */
export const UNJOURNALED = { writeConcern: { w: 1, j: false } } as const;

/** Jobs of one command; more wait for the next. */
const MOST = 200;

/**
 * Joins calls that are made side by side into one: while a batch is under way the next gathers, and a call that is alone
 * leaves at once. `run` answers each job in order; an Error among the answers is that job's alone.
 */
export function gather<Job, Result>(
  run: (jobs: readonly Job[]) => Promise<readonly (Result | Error)[]>,
  most = MOST,
): (job: Job) => Promise<Result> {
  interface Waiting {
    job: Job;
    resolve: (result: Result) => void;
    reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let busy = false;
  const next = async (): Promise<void> => {
    const batch = waiting.splice(0, most);
    try {
      const results = await run(batch.map(({ job }) => job));
      batch.forEach(({ resolve, reject }, at) => {
        const result = results[at];
        if (result instanceof Error) reject(result);
        else resolve(result as Result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    if (waiting.length > 0) void next();
    else busy = false;
  };
  return (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      if (busy) return;
      busy = true;
      // At the end of this turn of the event loop: what else it has to ask goes along.
      setImmediate(next);
    });
}

/** Inserts that are made side by side, in one command. Each rejects as `insertOne` would. */
export function insertTogether<T extends object>(
  model: Driver<T>,
  options: Partial<typeof UNJOURNALED> = {},
): (document: T) => Promise<void> {
  const insertOne = (document: T) => model.collection.insertOne(document, options);
  return gather<T, void>(async (documents) => {
    if (documents.length === 1) return [await insertOne(documents[0]!).then(nothing, asError)];
    return bulk(
      () => model.collection.insertMany([...documents], { ...options, ordered: false }),
      documents.length,
      (at) => insertOne(documents[at]!),
    );
  });
}

/** What a bulk write refused is tried once more alone: that tells why, as the single command would. */
async function bulk(
  write: () => Promise<unknown>,
  count: number,
  alone: (at: number) => Promise<unknown>,
): Promise<(undefined | Error)[]> {
  const results = new Array<undefined | Error>(count).fill(undefined);
  try {
    await write();
  } catch (error) {
    const refused = refusedOf(error);
    if (!refused) throw error;
    await Promise.all(
      refused.map(async (at) => {
        results[at] = await alone(at).then(nothing, asError);
      }),
    );
  }
  return results;
}

/** The places of what a bulk write refused; undefined when it failed as a whole. */
function refusedOf(error: unknown): number[] | undefined {
  if (typeof error !== "object" || error === null || !("writeErrors" in error)) return undefined;
  const errors = [error.writeErrors].flat() as { index: number }[];
  return errors.length > 0 ? errors.map(({ index }) => index) : undefined;
}

/**
 * Looks documents up by a field's value, those asked for side by side with one query. The fields of `scope` are equal
 * for all documents of one query; an index must begin with them, then `field`.
 */
export function findTogether<T extends object, Query extends Partial<T>>(
  model: Driver<T>,
  field: keyof Query & string,
  scope: readonly (keyof Query & string)[] = [],
): (query: Query) => Promise<T[]> {
  return gather<Query, T[]>(async (queries) => {
    const groups = Map.groupBy(queries, (query) => JSON.stringify(scope.map((name) => String(query[name]))));
    const found = new Map<string, T[]>();
    await Promise.all(
      [...groups].map(async ([group, members]) => {
        const same = Object.fromEntries(scope.map((name) => [name, members[0]![name]]));
        const values = [...new Map(members.map((query) => [String(query[field]), query[field]])).values()];
        const filter = { ...same, [field]: values.length === 1 ? values[0] : { $in: values } };
        for (const document of (await model.collection.find(filter).toArray()) as T[]) {
          const key = `${group} ${String(document[field as keyof T])}`;
          found.set(key, [...(found.get(key) ?? []), document]);
        }
      }),
    );
    return queries.map(
      (query) => found.get(`${JSON.stringify(scope.map((name) => String(query[name])))} ${String(query[field])}`) ?? [],
    );
  });
}

const nothing = (): undefined => undefined;
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
