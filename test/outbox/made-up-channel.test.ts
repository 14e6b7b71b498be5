import { channelContract } from "../contracts/channel.ts";
import { Wall, wallExecutor } from "./made-up-channel.ts";

channelContract("made up", async () => {
  const wall = new Wall();
  return {
    executor: wallExecutor(wall, { runbookUrl: "https://wiki.example/runbook" }),
    effect: { kind: "wall.opened" },
    said: () => [...wall.texts.values()],
    goAway: () => {
      wall.up = false;
    },
  };
});
