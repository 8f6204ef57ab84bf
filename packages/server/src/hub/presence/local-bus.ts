import type { Bus } from '@carillon/core';

/** The Bus of a single node: messages go to this process's own listeners, in the next microtask. */
export function createLocalBus(): Bus {
  const listeners = new Map<string, Set<(message: Uint8Array) => void>>();
  return {
    publish(subject, message) {
      if (!listeners.has(subject)) return;
      queueMicrotask(() => {
        for (const listener of listeners.get(subject) ?? []) listener(message);
      });
    },
    subscribe(subject, listener) {
      // A function of its own for each call, so that one listener may subscribe twice.
      const own = (message: Uint8Array): void => listener(message);
      const known = listeners.get(subject);
      if (known) known.add(own);
      else listeners.set(subject, new Set([own]));
      return () => {
        const left = listeners.get(subject);
        if (left?.delete(own) && left.size === 0) listeners.delete(subject);
      };
    },
  };
}
