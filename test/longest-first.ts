/** The order of the test files: the longest ones first, so that at the end no worker waits for a last long file. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A fresh machine knows no durations, but the acceptance tests are the longest. */
const rank = ({ moduleId }: TestSpecification): number =>
  moduleId.includes("/test/acceptance/") ? 0 : 1;

export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((one, other) => rank(one) - rank(other)));
  }
}
