/** CPython's `random.Random(seed)` for integer seeds: the source of randomness that River's trees are built from. */

const N = 624;
const M = 397;

/**
 * The Mersenne Twister as CPython seeds and reads it.
 *
 * Use it where another program's random choices must be repeated to the last bit. It is slow to start (624 words) and
 * predictable: never for secrets.
 *
 * Source: Matsumoto and Nishimura, 1998, "Mersenne Twister", `init_by_array` of 2002/1/26 with the seed's 32-bit words
 * as key, lowest first; CPython `Modules/_randommodule.c`. Memory: 2.5 KB.
 *
 * @param seed an integer, at most 2^53 − 1 from 0; like CPython, its sign is ignored
 * @returns a function whose calls are the successive `random()`: 53 random bits, 0 ≤ value < 1
 * @example pythonRandom(42)() // 0.6394267984578837
 */
export function pythonRandom(seed: number): () => number {
  const state = seeded(keyOf(Math.abs(seed)));
  let index = N;
  const next32 = (): number => {
    if (index === N) {
      twist(state);
      index = 0;
    }
    return tempered(state[index++]!);
  };
  return () => {
    const high = next32() >>> 5;
    const low = next32() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  };
}

function keyOf(seed: number): readonly number[] {
  const low = seed % 4_294_967_296;
  const high = Math.floor(seed / 4_294_967_296);
  return high === 0 ? [low] : [low, high];
}

/** `init_by_array`: a fixed first state, stirred with the key, then with the index. */
function seeded(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(N);
  state[0] = 19_650_218;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1_812_433_253, mixed(state[i - 1]!)) + i;
  let i = 1;
  const step = (factor: number, added: number): void => {
    const before = Math.imul(mixed(state[i - 1]!), factor);
    state[i] = (state[i]! ^ before) + added;
    if (++i < N) return;
    state[0] = state[N - 1]!;
    i = 1;
  };
  for (let k = 0; k < N; k++) step(1_664_525, key[k % key.length]! + (k % key.length));
  for (let k = 1; k < N; k++) step(1_566_083_941, -i);
  state[0] = 0x80000000;
  return state;
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const bits = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
    const odd = bits & 1 ? 0x9908b0df : 0;
    state[i] = state[(i + M) % N]! ^ (bits >>> 1) ^ odd;
  }
}

function tempered(word: number): number {
  let y = word;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
