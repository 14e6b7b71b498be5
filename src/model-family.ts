/** Separates the name of a model from the version or date in it. */

/** The name without its version; a name that holds none stays as it is. */
export type FamilyOf = (name: string) => string;

/** No name holds a version. */
export const sameName: FamilyOf = (name) => name;

/** Digits, with a sign between them: `7`, `1.12.0`, `2026-11-01T03:00Z`. */
const version = "[0-9]+(?:[._:T+-][0-9]+)*Z?";
/** Size of the cache of families. */
const mostKnown = 10_000;

/** @returns what is wrong with a template such as `{name}-v{version}`; undefined when nothing is */
export function templateProblem(template: string): string | undefined {
  const parts = ["{name}", "{version}"].map((part) => template.split(part).length - 1);
  if (parts.some((times) => times !== 1)) return "has to hold {name} and {version} once each";
  if (/\{name\}\{version\}|\{version\}\{name\}/.test(template))
    return "has to hold something between {name} and {version}";
  return undefined;
}

/** @param template without {@link templateProblem}; undefined: no name holds a version */
export function familyOf(template: string | undefined): FamilyOf {
  if (template === undefined) return sameName;
  const form = new RegExp(familyPattern(template), "su");
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size >= mostKnown) known.clear();
    const family = form.exec(name)?.[1] ?? name;
    known.set(name, family);
    return family;
  };
}

/** A LIKE pattern that all versions of a family match, and perhaps other names. */
export function likeVersions(template: string, family: string): string {
  const [before = "", after = ""] = template
    .split("{name}")
    .map((part) => part.split("{version}").map(literal).join("%"));
  return `${before}${literal(family)}${after}`;
}

/**
 * A regular expression with the same meaning in JavaScript and Postgres. Its one group is the family of a name that
 * holds a version; other names do not match.
 */
export function familyPattern(template: string): string {
  const form = template
    .split(/(\{name\}|\{version\})/)
    .map((part) => {
      if (part === "{name}") return "(.+?)";
      return part === "{version}"
        ? version
        : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    })
    .join("");
  return `^${form}$`;
}

/** Escapes text for a LIKE pattern. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** How people join a version to a name. */
const joints = ["-v", "_v", ".v", ":v", "@v", "/v", "-", "_", ".", ":", "@", "/"];

/**
 * The template by which the most names are further versions of a model.
 *
 * @returns undefined when no template finds a model with two versions
 */
export function proposedTemplate(names: Iterable<string>): string | undefined {
  const all = [...new Set(names)];
  const proposals = joints.map((joint) => {
    const template = `{name}${joint}{version}`;
    const families = all.map(familyOf(template));
    const versioned = families.filter((family, i) => family !== all[i]);
    const joined = versioned.length - new Set(versioned).size;
    // Of equal templates the one with the shortest families wins: it cuts off a whole date, not a part of it.
    return { template, joined, letters: families.join("").length };
  });
  // A family with one version proves nothing: its digits may belong to the name.
  const several = proposals.filter(({ joined }) => joined > 0);
  return several.toSorted((a, b) => b.joined - a.joined || a.letters - b.letters)[0]?.template;
}
