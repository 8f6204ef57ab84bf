import type { Socket } from 'node:net';

/**
 * Node's TCP handle, one layer below `Writable`: a write that the kernel takes whole costs a tenth less processor time
 * there, and touches nothing of the stream's state. Nothing of this is documented, so it is looked for and not relied
 * on: where it is missing, sockets are written as always (`openDirectWrites` then gives `undefined`).
 */
export interface DirectHandle {
  /** Returns 0 or a negative error; bytes that the kernel did not take are queued and `oncomplete` is called. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

/** Who hears that queued bytes were taken by the kernel (status 0) or never will be (negative). */
export interface DirectWriter {
  directWriteDone(status: number): void;
}

export type Written = 'taken' | 'queued' | 'failed';

export interface DirectWrites {
  /** The handle of a connected socket without TLS. */
  handleOf(socket: Socket): DirectHandle | undefined;
  /** Only while `writer` has nothing queued from before. */
  write(handle: DirectHandle, bytes: Buffer, writer: DirectWriter): Written;
}

interface WriteRequest {
  oncomplete?: (this: WriteRequest, status: number) => void;
  /** Keeps the bytes alive while they are queued. */
  buffer?: Buffer;
  writer?: DirectWriter;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly kLastWriteWasAsync: number;
  readonly streamBaseState: Int32Array;
}

type LookUp = (name: 'stream_wrap' | 'tcp_wrap') => unknown;

/** `lookUp` is Node's own; a test hands in another. */
export function openDirectWrites(lookUp: LookUp = nodeBinding): DirectWrites | undefined {
  const stream = streamBinding(lookUp);
  const TCP = tcpClass(lookUp);
  if (!stream || !TCP) return undefined;
  const { WriteWrap, kLastWriteWasAsync, streamBaseState } = stream;
  // One request serves every write that is taken at once, for Node looks at it only when bytes are left over.
  let request = new WriteWrap();
  return {
    handleOf(socket) {
      const handle: unknown = Reflect.get(socket, '_handle');
      return isDirect(handle) && handle instanceof TCP ? handle : undefined;
    },
    write(handle, bytes, writer) {
      const status = handle.writeBuffer(request, bytes);
      if (status !== 0) return 'failed';
      if (streamBaseState[kLastWriteWasAsync] === 0) return 'taken';
      request.oncomplete = onComplete;
      request.buffer = bytes;
      request.writer = writer;
      request = new WriteWrap();
      return 'queued';
    },
  };
}

function onComplete(this: WriteRequest, status: number): void {
  this.writer?.directWriteDone(status);
}

function isDirect(handle: unknown): handle is DirectHandle {
  return (
    typeof handle === 'object' && handle !== null && 'writeBuffer' in handle && typeof handle.writeBuffer === 'function'
  );
}

function streamBinding(lookUp: LookUp): StreamBinding | undefined {
  // Undocumented; each part is looked at before it is used.
  const found = lookUp('stream_wrap') as Partial<StreamBinding> | undefined;
  const { WriteWrap, kLastWriteWasAsync, streamBaseState } = found ?? {};
  if (typeof WriteWrap !== 'function' || !(streamBaseState instanceof Int32Array)) return undefined;
  if (kLastWriteWasAsync === undefined || streamBaseState[kLastWriteWasAsync] === undefined) return undefined;
  return { WriteWrap, kLastWriteWasAsync, streamBaseState };
}

function tcpClass(lookUp: LookUp): (new () => unknown) | undefined {
  // Undocumented; only asked whether a handle is an instance of it.
  const found = lookUp('tcp_wrap') as { TCP?: new () => unknown } | undefined;
  return typeof found?.TCP === 'function' ? found.TCP : undefined;
}

function nodeBinding(name: string): unknown {
  try {
    const binding: unknown = Reflect.get(process, 'binding');
    return typeof binding === 'function' ? binding.call(process, name) : undefined;
  } catch {
    // Gone from this Node, or forbidden by its permission model.
    return undefined;
  }
}
