/** Both ways to an engine fulfil one contract. */
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import { openExecutor } from "../../../remediations/docker/executor/executor-engine.ts";
import { engineContract } from "../../contracts/engine.ts";
import { startTestExecutor } from "../../executor/started.ts";

engineContract("its socket", async (socket, clocks) => ({
  engine: openDocker({ socket, clocks: clocks.read }),
  close: async () => undefined,
}));

engineContract("an executor", async (socket, clocks) => {
  const executor = await startTestExecutor({
    engine: openDocker({ socket, clocks: clocks.read }),
    clock: { sleep: async (ms) => clocks.pass(ms) },
    clocks: clocks.read,
  });
  return { engine: openExecutor({ socket: executor.socket }), close: () => executor.stop() };
});
