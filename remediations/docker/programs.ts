/** Finds the programs that a command line starts, behind wrappers, shells and entrypoint scripts. Pure. */
import { basename, dirname } from "node:path";

/** Programs that start another program, and the number of their own arguments before its name. */
const wrappers: ReadonlyMap<string, number> = new Map([
  ["tini", 0],
  ["tini-static", 0],
  ["docker-init", 0],
  ["catatonit", 0],
  ["dumb-init", 0],
  ["gosu", 1],
  ["su-exec", 1],
  ["s6-setuidgid", 1],
  ["chroot", 1],
  ["timeout", 1],
  ["taskset", 1],
  ["setpriv", 0],
  ["setuser", 1],
  ["chpst", 0],
  ["runuser", 0],
  ["sudo", 0],
  ["env", 0],
  ["exec", 0],
  ["command", 0],
  ["eval", 0],
  ["nice", 0],
  ["ionice", 0],
  ["nohup", 0],
  ["numactl", 0],
  ["prlimit", 0],
  ["setarch", 0],
  ["setsid", 0],
  ["stdbuf", 0],
  ["time", 0],
  ["unshare", 0],
  ["with-contenv", 0],
  ["busybox", 0],
  ["java", 0],
]);

const shells = /^(ba|da|a|z|k)?sh$/;
const interpreters = /^(python|node|perl|ruby|php)[\d.]*$/;
const script = /entrypoint|\.sh$|^init$/;
/** Base names that do not name a program. The name of the folder is used instead. */
const unnamed = /^(docker-)?(entrypoint|run|start|launch)(\.sh)?$/;
const assignment = /^[A-Za-z_][A-Za-z0-9_.]*=/;
const keywords = /^(if|then|else|elif|while|until|do|!|\{|\()$/;

/** How deep wrappers may be nested. */
const maxDepth = 8;

/**
 * Base names of the programs that a command line may start, in order. A wrapper's option may take the next argument as
 * its value or not. So there can be several candidates after the options.
 *
 * @example programsOf(["tini", "--", "gosu", "redis", "redis-server"]) // ["tini", "gosu", "redis-server"]
 */
export function programsOf(argv: readonly string[]): readonly string[] {
  const found = new Set<string>();
  follow(argv, found, 0);
  return [...found];
}

function follow(argv: readonly string[], found: Set<string>, depth: number): void {
  const [path = "", ...args] = argv;
  if (path === "" || depth > maxDepth) return;
  if (/\s/.test(path)) {
    followScript(path, found, depth);
    return;
  }
  const program = basename(path);
  found.add(unnamed.test(program) ? basename(dirname(path)) || program : program);
  for (const next of startedBy(program, args)) follow(next, found, depth + 1);
}

/** The command lines that a program may start, given its arguments. */
function startedBy(program: string, args: readonly string[]): readonly (readonly string[])[] {
  if (shells.test(program)) return startedByShell(args);
  if (program === "su") return commandsOf(args.find((_arg, at) => args[at - 1] === "-c") ?? "");
  const ownArguments = wrappers.get(program);
  if (ownArguments !== undefined) return behindOptions(withoutUser(args), ownArguments);
  if (interpreters.test(program)) return isInlineCode(args) ? [] : behindOptions(args, 0);
  return script.test(program) ? behindOptions(args, 0) : [];
}

/** Drops `-u` with its value, as in `sudo -u redis program`. A user or a variable may have the name of a database. */
function withoutUser(args: readonly string[]): readonly string[] {
  return args.filter((arg, at) => arg !== "-u" && args[at - 1] !== "-u");
}

/** `python -m module`, `node -e code`: the next argument is no file. */
function isInlineCode(args: readonly string[]): boolean {
  return args.slice(0, 3).some((arg) => /^-[cem]$/.test(arg));
}

function startedByShell(args: readonly string[]): readonly (readonly string[])[] {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (at < 0) return behindOptions(args, 0).slice(0, 1);
  const [commands = "", name = "", ...rest] = args.slice(at + 1);
  // `sh -c 'exec "$@"' name program`: what follows the script may be what it starts.
  return [...commandsOf(commands), [name, ...rest], rest];
}

/**
 * Every tail of the arguments that may be the command. An option without `=` may take the next argument as its value.
 */
function behindOptions(
  args: readonly string[],
  ownArguments: number,
): readonly (readonly string[])[] {
  const tails: (readonly string[])[] = [];
  let toSkip = ownArguments;
  let mayOwn = 0;
  for (const [at, arg] of args.entries()) {
    if (arg === "--") mayOwn = 0;
    else if (arg.startsWith("-")) mayOwn += arg.includes("=") ? 0 : 1;
    else if (assignment.test(arg)) continue;
    else {
      if (toSkip <= 0) tails.push(args.slice(at));
      if (toSkip <= 0 && mayOwn <= 0) break;
      if (toSkip > 0) toSkip -= 1;
      else mayOwn -= 1;
    }
  }
  return tails;
}

function followScript(text: string, found: Set<string>, depth: number): void {
  for (const command of commandsOf(text)) follow(command, found, depth + 1);
}

/** The commands of a shell script, as words without their quotes, keywords and assignments. */
function commandsOf(text: string): readonly (readonly string[])[] {
  return text.split(/[;&|\n()]+/).map((command) => {
    const words = command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
    const bare = words.map((word) => word.replace(/["']/g, ""));
    const start = bare.findIndex((word) => !keywords.test(word) && !assignment.test(word));
    return start < 0 ? [] : bare.slice(start);
  });
}
