/** The thread of a knock: connects once, and tells how that went. */
import { platform } from "../../platform/mod.ts";
import { type Entrance, optionsOf } from "./address.ts";
import type { Answer } from "./knock.ts";
import { refusedOf } from "./refused.ts";
import { connect } from "./transport.ts";

async function answerOf(entrance: Entrance): Promise<Answer> {
  try {
    const connection = await connect({ ...optionsOf(entrance), reconnect: false });
    await connection.close();
    return {};
  } catch (error) {
    return { refused: refusedOf(error) };
  }
}

platform.starter.caught((error) => platform.starter.tell({ refused: refusedOf(error) }));
platform.starter.hear(async (message) => {
  platform.starter.tell(await answerOf(message as Entrance));
});
