/** What every remediation promises. Its own test calls this, with a scene of its own. */
import { describe, expect, it } from "vitest";
import type { RegisteredRemediation, Remediation, Target } from "../../remediations/remediation.ts";

/** A world in which the remediation has exactly one target. */
export interface RemediationScene {
  readonly remediation: Remediation;
  /** How often something was done to the target, counted where it was done. */
  readonly acts: () => number;
  /** What fails from now on without an answer: the next look at the target, the next act, or whatever is asked. */
  readonly fail: (what: "look" | "act" | "everything") => void;
}

export interface RemediationExample {
  /** A config that finds the scene's one target. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly scene: () => RemediationScene;
}

async function onlyTarget({ remediation }: RemediationScene): Promise<Target> {
  const [target, ...more] = await remediation.resolve();
  if (target === undefined || more.length > 0) throw new Error("the scene has one target");
  return target;
}

export function remediationContract(
  type: RegisteredRemediation,
  example: RemediationExample,
): void {
  const { config, scene } = example;

  describe(`the remediation ${type.name}`, () => {
    it("refuses a config without a target, and a key it does not know", () => {
      expect(type.config.safeParse({}).success).toBe(false);
      expect(type.config.safeParse({ target: {} }).success).toBe(false);
      expect(type.config.safeParse({ ...config, tarpit: 1 }).success).toBe(false);
      expect(type.config.safeParse(config).success).toBe(true);
    });

    it("resolves without acting, twice to the same", async () => {
      const { remediation, acts } = scene();
      expect(await remediation.resolve()).toEqual(await remediation.resolve());
      expect(acts()).toBe(0);
    });

    it("says what it would do, and that it is the same each time, without doing it", async () => {
      const place = scene();
      const target = await onlyTarget(place);
      const plan = place.remediation.plan(target);
      expect(plan.does).toMatch(/^\S.*[^.\s]$/);
      expect(place.remediation.plan(target)).toEqual(plan);
      expect(place.acts()).toBe(0);
    });

    it("acts once on a target, and not again on what it was", async () => {
      const place = scene();
      const target = await onlyTarget(place);
      expect((await place.remediation.act(target)).status).toBe("done");
      expect((await place.remediation.act(target)).status).toBe("changed");
      expect(place.acts()).toBe(1);
    });

    it("does nothing, and throws what it is told, when it may not act", async () => {
      const place = scene();
      const target = await onlyTarget(place);
      const acting = place.remediation.act(target, () => Promise.reject(new Error("taken over")));
      await expect(acting).rejects.toThrow("taken over");
      expect(place.acts()).toBe(0);
    });

    it("looks up and judges health without acting", async () => {
      const place = scene();
      const target = await onlyTarget(place);
      expect((await place.remediation.lookUp(target)).status).toBe("failed");
      expect(await place.remediation.health(target)).toBe("healthy");
      expect(place.acts()).toBe(0);
    });

    it("never throws from act or lookUp, whatever fails", async () => {
      const place = scene();
      const target = await onlyTarget(place);
      place.fail("look");
      expect((await place.remediation.act(target)).status).toBe("failed");
      place.fail("act");
      expect((await place.remediation.act(target)).status).toBe("unknown");
      place.fail("everything");
      expect((await place.remediation.lookUp(target)).status).toBe("unknown");
      expect((await place.remediation.act(target)).status).toBe("failed");
      expect(place.acts()).toBe(0);
    });
  });
}
