import type { ChannelName } from "../contract/message.ts";
import type { Channel } from "./channel.ts";

/** The channels of this hub by name. An unknown one throws: nothing is sent into the void. */
export class Channels {
  readonly #byName = new Map<string, Channel>();

  constructor(channels: Channel[]) {
    for (const channel of channels) {
      if (this.#byName.has(channel.name)) throw new Error(`channel ${channel.name} is registered twice`);
      this.#byName.set(channel.name, channel);
    }
  }

  /** @throws Error when no such channel is registered. */
  get(name: string): Channel {
    const channel = this.#byName.get(name);
    if (!channel) throw new Error(`unknown channel ${name}: register it in channels/index.ts`);
    return channel;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): ChannelName[] {
    return [...this.#byName.values()].map((channel) => channel.name);
  }
}
