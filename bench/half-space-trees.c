/*
 * Half-space trees in plain C with River's semantics: the yardstick for ours in JavaScript.
 *
 * stdin: int32 trees, height, window, features, models, vectors; uint32 slots and double thresholds of the inner nodes,
 * tree after tree, breadth first; double vectors. stdout: one model's sum of scores over the first pass, and the best
 * pass in nanoseconds a vector.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int32_t trees, height, window, features, models, vectors;
static int inner, nodes;
static uint32_t *slots;
static double *thresholds;

typedef struct {
  uint8_t *latest, *reference; /* windows up to 255 */
  int learned, first;
} Model;

static void *take(size_t size, size_t count) {
  void *at = malloc(size * count);
  if (!at || fread(at, size, count, stdin) != count) exit(2);
  return at;
}

static double score(const Model *m, const double *x) {
  if (m->first) return 0;
  const double limit = 0.1 * window;
  double sum = 0;
  for (int tree = 0; tree < trees; tree++) {
    const uint8_t *mass = m->reference + tree * nodes;
    const uint32_t *slot = slots + tree * inner;
    const double *threshold = thresholds + tree * inner;
    int node = 0;
    for (double weight = 1;; weight *= 2) {
      sum += mass[node] * weight;
      if (mass[node] < limit || node >= inner) break;
      node = 2 * node + (x[slot[node]] < threshold[node] ? 1 : 2);
    }
  }
  return 1 - sum / ((double)trees * window * nodes);
}

static void learn(Model *m, const double *x) {
  for (int tree = 0; tree < trees; tree++) {
    uint8_t *mass = m->latest + tree * nodes;
    const uint32_t *slot = slots + tree * inner;
    const double *threshold = thresholds + tree * inner;
    int node = 0;
    while (node < inner) {
      mass[node]++;
      node = 2 * node + (x[slot[node]] < threshold[node] ? 1 : 2);
    }
    mass[node]++;
  }
  if (++m->learned < window) return;
  memcpy(m->reference, m->latest, (size_t)trees * nodes);
  memset(m->latest, 0, (size_t)trees * nodes);
  m->learned = 0;
  m->first = 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(void) {
  int32_t *sizes = take(sizeof(int32_t), 6);
  trees = sizes[0], height = sizes[1], window = sizes[2];
  features = sizes[3], models = sizes[4], vectors = sizes[5];
  if (window > 255) return 2;
  inner = (1 << height) - 1, nodes = (2 << height) - 1;
  slots = take(sizeof *slots, (size_t)trees * inner);
  thresholds = take(sizeof *thresholds, (size_t)trees * inner);
  const double *xs = take(sizeof(double), (size_t)vectors * features);
  Model *all = calloc(models, sizeof *all);
  for (int i = 0; i < models; i++) {
    all[i].latest = calloc(nodes, trees);
    all[i].reference = calloc(nodes, trees);
    all[i].first = 1;
  }
  double best = 1e300, firstSum = -1;
  volatile double kept = 0;
  for (double end = now() + 0.4e9; now() < end;) {
    double sum = 0;
    const double start = now();
    for (int v = 0; v < vectors; v++) {
      const double *x = xs + (size_t)v * features;
      for (int i = 0; i < models; i++) {
        sum += score(&all[i], x);
        learn(&all[i], x);
      }
    }
    const double took = now() - start;
    kept += sum;
    if (firstSum < 0) firstSum = sum;
    if (took < best) best = took;
  }
  printf("{\"sum\": %.17g, \"ns\": %.17g}\n", firstSum / models, best / ((double)models * vectors));
  return 0;
}
