/**
 * Conditional residuals: the part of each standardised residual that the other features do not explain. Noise that
 * features share cancels out.
 */
import { clamp, max2 } from "./deviation.ts";

/** Most features for which a covariance is kept: its cost grows with their square. */
export const mostGiven = 128;

/** Residuals count at most this many deviations in the covariance. */
const CLIP = 3;
/** Attributions that the covariance remembers, and those before the first inverse. */
const MEMORY = 500;
const FIRST = 60;
/** The inverse is computed again after this many attributions, and less often once the covariance is old. */
const REFRESH = 20;
const REFRESH_OLD = 100;
const OLD = 300;
/** From `OLD` on, one of this many vectors is learned, with the weight of all of them. */
const SPARSE = 4;
/** This fraction of the mean variance is added to every variance, plus a term that shrinks with the attributions. */
const SHRINK = 0.1;

/** Places in the header. */
const COUNT = 0;
const WEIGHT = 1;
const HEADER_BYTES = 16;

const triangle = (n: number): number => (n * (n + 1)) / 2;

interface WorkingSpace {
  /** Rows of n numbers. */
  readonly lower: Float64Array;
  readonly inverse: Float64Array;
  /** A triangle. */
  readonly sums: Float64Array;
}

const workingSpace = (n: number): WorkingSpace => ({
  lower: new Float64Array(n * n),
  inverse: new Float64Array(n * n),
  sums: new Float64Array(triangle(n)),
});

/** Every call overwrites them: never state. */
let working = workingSpace(64);
const calm = new Float64Array(mostGiven);

/**
 * A forgetting covariance C of many series and its shrunk inverse Ω = (C + (0.1 + n/weight)·tr(C)/n·I)⁻¹.
 *
 * The part of z_i that the others do not explain is u_i = (Ωz)_i / Ω_ii. C is an exponentially weighted mean of z·zᵀ, z
 * clipped at 3, with memory 500. Ω is computed again every 20 attributions from the 60th on. From the 300th on it is taken
 * again every 100, and one vector in four is learned, since neighbours hardly differ. A state holds both C and Ω, since
 * an inverse of the present C would differ from Ω.
 *
 * Time: n² multiplications a vector, n³/2 a refresh. Memory: 4·(n + 1) bytes a series.
 *
 * Source: regression-adjusted control charts, Hawkins 1991, Technometrics 33(1); shrinkage, Ledoit and Wolf 2004.
 */
export class GivenOthers {
  readonly #header: Float64Array;
  readonly #covariance: Float32Array;
  readonly #inverse: Float32Array;
  readonly #n: number;

  /** A multiple of 8; 0 for none. */
  static bytes(n: number): number {
    return n === 0 ? 0 : HEADER_BYTES + triangle(n) * 8;
  }

  /** @param bytes zeroed or saved earlier, 8-byte aligned @param n at most {@link mostGiven} */
  constructor({ buffer, byteOffset }: Uint8Array, n: number) {
    const cells = triangle(n);
    this.#n = n;
    this.#header = new Float64Array(buffer, byteOffset, n === 0 ? 0 : 2);
    this.#covariance = new Float32Array(buffer, byteOffset + (n === 0 ? 0 : HEADER_BYTES), cells);
    this.#inverse = new Float32Array(
      buffer,
      byteOffset + (n === 0 ? 0 : HEADER_BYTES + cells * 4),
      cells,
    );
  }

  /** Vectors since there is an inverse; 0 before. */
  get known(): number {
    return max2(0, (this.#header[COUNT] ?? 0) - FIRST);
  }

  /** Copies the covariance of fewer series. New series are independent of the others. */
  copy(from: GivenOthers): void {
    if (this.#n === 0) return;
    this.#header.set(from.#header);
    // A triangle is stored row by row, so the old one is the beginning of the new one.
    this.#covariance.set(from.#covariance);
    if (this.known > 0) this.#invert();
  }

  /** @param z standardised residuals, 0 where there is none @param into receives what the others do not explain */
  residuals(z: Float64Array, into: Float64Array): void {
    const omega = this.#inverse;
    const n = this.#n;
    const single = rowsInFours(omega, n, { z, into });
    for (let i = single, at = triangle(single); i < n; i++) {
      const own = z[i]!;
      let sum = 0;
      for (let j = 0; j < i; j++, at++) {
        const cell = omega[at]!;
        sum += cell * z[j]!;
        into[j]! += cell * own;
      }
      into[i] = sum + omega[at++]! * own;
    }
    for (let i = 0, at = 0; i < n; i++, at += i + 1) into[i]! /= omega[at]!;
  }

  /** @param weight of this vector, above 0, at most 1 */
  learn(z: Float64Array, weight: number): void {
    const n = this.#n;
    if (n === 0) return;
    const header = this.#header;
    const count = (header[COUNT]! += 1);
    header[WEIGHT]! += weight;
    if (count >= OLD && count % SPARSE !== 0) return;
    const times = count < OLD ? weight : SPARSE * weight;
    const rate = max2(times / MEMORY, times / header[WEIGHT]!);
    this.#follow(z, rate);
    if (count >= FIRST && count % (count < OLD ? REFRESH : REFRESH_OLD) === 0) this.#invert();
  }

  #follow(z: Float64Array, rate: number): void {
    const n = this.#n;
    const covariance = this.#covariance;
    const kept = 1 - rate;
    for (let i = 0; i < n; i++) calm[i] = clamp(z[i]!, CLIP);
    for (let i = 0, at = 0; i < n; i++) {
      const own = calm[i]! * rate;
      for (let j = 0; j <= i; j++, at++) covariance[at] = covariance[at]! * kept + own * calm[j]!;
    }
  }

  #invert(): void {
    const n = this.#n;
    if (working.lower.length < n * n) working = workingSpace(n);
    this.#decompose();
    invertLower(n);
    // Locals, and all sums in one pass: variables of the module would be read again for every product.
    const { inverse, sums } = working;
    const cells = triangle(n);
    // Ω is the sum of the products of each row with itself, added in the order of memory.
    sums.fill(0, 0, cells);
    for (let k = 0, row = 0; k < n; k++, row += n) {
      for (let i = 0, at = 0; i <= k; at += ++i) {
        const own = inverse[row + i]!;
        for (let j = 0; j <= i; j++) sums[at + j] = sums[at + j]! + own * inverse[row + j]!;
      }
    }
    const omega = this.#inverse;
    for (let i = 0; i < cells; i++) omega[i] = sums[i]!;
  }

  /** Cholesky: the shrunk covariance is `lower` times its transpose. */
  #decompose(): void {
    const n = this.#n;
    const covariance = this.#covariance;
    const { lower } = working;
    let trace = 0;
    for (let i = 0, at = 0; i < n; i++, at += i + 1) trace += covariance[at]!;
    const weight = Math.min(this.#header[WEIGHT]!, MEMORY);
    const ridge = (SHRINK + n / weight) * max2(trace / n, 1e-6);
    for (let i = 0, row = 0, at = 0; i < n; i++, row += n) {
      for (let j = 0, above = 0; j <= i; j++, above += n, at++) {
        let sum = covariance[at]! + (i === j ? ridge : 0);
        for (let k = 0; k < j; k++) sum -= lower[row + k]! * lower[above + k]!;
        lower[row + j] = i === j ? Math.sqrt(max2(sum, 1e-9)) : sum / lower[above + j]!;
      }
    }
  }
}

/** Computes the inverse of `lower` into `inverse`, in the order of memory. */
function invertLower(n: number): void {
  const { lower, inverse } = working;
  for (let i = 0, row = 0; i < n; i++, row += n) {
    inverse.fill(0, row, row + i);
    for (let k = 0, above = 0; k < i; k++, above += n) {
      const factor = lower[row + k]!;
      for (let j = 0; j <= k; j++)
        inverse[row + j] = inverse[row + j]! - factor * inverse[above + j]!;
    }
    const pivot = 1 / lower[row + i]!;
    for (let j = 0; j < i; j++) inverse[row + j] = inverse[row + j]! * pivot;
    inverse[row + i] = pivot;
  }
}

interface Product {
  readonly z: Float64Array;
  readonly into: Float64Array;
}

/**
 * The product with a symmetric matrix, four rows of its lower triangle at a time: half the time of one row at a time.
 *
 * @returns the first row that is left
 */
function rowsInFours(omega: Float32Array, n: number, { z, into }: Product): number {
  let i = 0;
  for (let a = 0; i + 3 < n; i += 4, a += 4 * i - 6) {
    const b = a + i + 1;
    const c = b + i + 2;
    const d = c + i + 3;
    const z0 = z[i]!;
    const z1 = z[i + 1]!;
    const z2 = z[i + 2]!;
    const z3 = z[i + 3]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < i; j++) {
      const own = z[j]!;
      const p = omega[a + j]!;
      const q = omega[b + j]!;
      const r = omega[c + j]!;
      const t = omega[d + j]!;
      s0 += p * own;
      s1 += q * own;
      s2 += r * own;
      s3 += t * own;
      into[j] = into[j]! + p * z0 + q * z1 + r * z2 + t * z3;
    }
    const ba = omega[b + i]!;
    const ca = omega[c + i]!;
    const cb = omega[c + i + 1]!;
    const da = omega[d + i]!;
    const db = omega[d + i + 1]!;
    const dc = omega[d + i + 2]!;
    into[i] = s0 + omega[a + i]! * z0 + ba * z1 + ca * z2 + da * z3;
    into[i + 1] = s1 + ba * z0 + omega[b + i + 1]! * z1 + cb * z2 + db * z3;
    into[i + 2] = s2 + ca * z0 + cb * z1 + omega[c + i + 2]! * z2 + dc * z3;
    into[i + 3] = s3 + da * z0 + db * z1 + dc * z2 + omega[d + i + 3]! * z3;
  }
  return i;
}
