/** Tests that this machine cannot run: said on a laptop, an error on CI. */

/**
 * Says in one line that tests are left out. On CI, which any value of `CI` stands for, that line is the error.
 *
 * @returns false, as the answer to whether they can run
 */
export function leaveOut(text: string): false {
  if ((process.env["CI"] ?? "") !== "") throw new Error(`not to be left out on CI: ${text}`);
  process.stderr.write(`left out: ${text}\n`);
  return false;
}
