/**
 * Why ZooKeeper refuses a request, by its own names, with the numbers that travel. `OK` is not an error; in the answer
 * to a multi that failed it marks the operations before the one at fault, and `RUNTIMEINCONSISTENCY` those behind it.
 */
export const zookeeperErrors = {
  OK: 0,
  RUNTIMEINCONSISTENCY: -2,
  CONNECTIONLOSS: -4,
  MARSHALLINGERROR: -5,
  UNIMPLEMENTED: -6,
  BADARGUMENTS: -8,
  NONODE: -101,
  BADVERSION: -103,
  NOCHILDRENFOREPHEMERALS: -108,
  NODEEXISTS: -110,
  NOTEMPTY: -111,
  SESSIONEXPIRED: -112,
} as const satisfies Record<string, number>;

export type ZookeeperErrorName = keyof typeof zookeeperErrors;

/** What a request fails with. */
export type ZookeeperFailure = Exclude<ZookeeperErrorName, "OK">;

const namesByCode = new Map<number, ZookeeperErrorName>();
for (const name of Object.keys(zookeeperErrors) as ZookeeperErrorName[]) namesByCode.set(zookeeperErrors[name], name);

/** A number that is not known is taken for a failure to understand each other. */
export function zookeeperErrorOf(code: number): ZookeeperErrorName {
  return namesByCode.get(code) ?? "MARSHALLINGERROR";
}
