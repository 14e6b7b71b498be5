"""River's half-space trees on the vectors of stdin (int32 features, vectors; then doubles): one pass of one model.

Prints the sum of its scores and the nanoseconds a vector."""

import array
import json
import sys
import time

from river import anomaly

data = sys.stdin.buffer.read()
features, vectors = array.array("i", data[:8])
values = array.array("d", data[8:])
xs = [
    {f: values[v * features + f] for f in range(features)} for v in range(vectors)
]
model = anomaly.HalfSpaceTrees(n_trees=10, height=8, window_size=250, seed=42)
total = 0.0
start = time.perf_counter_ns()
for x in xs:
    total += model.score_one(x)
    model.learn_one(x)
took = time.perf_counter_ns() - start
print(json.dumps({"sum": total, "ns": took / vectors}))
