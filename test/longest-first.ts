/** The order of the test files: the longest ones first, so that at the end no worker waits for a last long file. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A fresh machine knows no durations, but the acceptance tests and these files are the longest. */
const long =
  /\/test\/acceptance\/|\/(booted-systemd|executor-rolling|packages|printed-commands|replay-from)\.test\.ts$/;
const rank = ({ moduleId }: TestSpecification): number => (long.test(moduleId) ? 0 : 1);

export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((one, other) => rank(one) - rank(other)));
  }
}
