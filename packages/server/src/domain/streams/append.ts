import { CarillonError, type Position } from '@carillon/core';
import {
  type CommandContext,
  findProducer,
  type ProducerTag,
  putProducer,
  putStream,
  type StoredProducer,
  type StoredStream,
} from '../../state/index.ts';
import { appendedEvent, closedEvent } from './events.ts';
import { touched } from './expiry.ts';
import { requireStream } from './lookup.ts';
import { isSameMediaType } from './media-type.ts';
import type { StreamAppend, StreamAppended } from './messages.ts';

/** Checks in the order of Durable Streams §5.2, then appends one event and keeps writer states with it. */
export function append(context: CommandContext, input: StreamAppend): StreamAppended {
  const stream = requireStream(context.db, input.topic, context.now);
  if (stream.closedAt !== undefined) return answerClosed(stream, input);
  if (input.body.kind !== 'none' && !isSameMediaType(input.contentType ?? '', stream.contentType)) {
    throw new CarillonError('conflict', `this stream holds ${stream.contentType}, not ${input.contentType}`);
  }

  const { producer } = input;
  const known = producer && (findProducer(context.db, stream.id, producer.id) ?? unseen(stream.id, producer));
  if (known && isRepeat(known, producer)) {
    return { appended: false, tail: stream.tail, closed: false, producerSeq: known.seq };
  }
  requireHigherSeq(stream, input.seq);
  if (input.body.kind === 'malformed') throw new CarillonError('bad-request', input.body.reason);

  const position = context.append(
    input.body.kind === 'data'
      ? appendedEvent(input, stream.contentType, input.body.data, { closes: input.close })
      : closedEvent(input, stream.tail),
  );
  if (producer) {
    putProducer(context.db, { stream: stream.id, producer: producer.id, epoch: producer.epoch, seq: producer.seq });
  }
  const changed = afterAppend(stream, input, position, context.now);
  putStream(context.db, changed);
  return {
    appended: true,
    tail: changed.tail,
    closed: changed.closedAt !== undefined,
    ...(producer ? { producerSeq: producer.seq } : {}),
  };
}

function afterAppend(stream: StoredStream, input: StreamAppend, position: Position, nowMs: number): StoredStream {
  return {
    ...touched(stream, nowMs),
    ...(input.body.kind === 'data' ? { tail: position } : {}),
    ...(input.seq === undefined ? {} : { lastSeq: input.seq }),
    ...(input.close ? { closedAt: position } : {}),
    ...(input.close && input.producer ? { closedBy: input.producer } : {}),
  };
}

/** Only the request that closed the stream, or another close without data, is a success (§5.2.1). */
function answerClosed(stream: StoredStream, input: StreamAppend): StreamAppended {
  const { producer } = input;
  const { closedBy, tail } = stream;
  const isSameRequest =
    producer !== undefined &&
    closedBy !== undefined &&
    producer.id === closedBy.id &&
    producer.epoch === closedBy.epoch &&
    producer.seq === closedBy.seq;
  if (isSameRequest) return { appended: false, tail, closed: true, producerSeq: closedBy.seq };
  if (!producer && input.close && input.body.kind === 'none') return { appended: false, tail, closed: true };
  throw new CarillonError('conflict', 'this stream is closed', { facts: { closed: true, tail } });
}

/** A producer that this stream has not heard of begins with any epoch, at sequence number 0. */
function unseen(stream: Position, { id, epoch }: ProducerTag): StoredProducer {
  return { stream, producer: id, epoch, seq: -1 };
}

/** Whether this request was accepted before; throws unless it is that, or the next one (§5.2.1). */
function isRepeat(known: StoredProducer, producer: ProducerTag): boolean {
  if (producer.epoch < known.epoch) {
    throw new CarillonError('forbidden', `producer ${producer.id} has gone on to epoch ${known.epoch}`, {
      facts: { currentEpoch: known.epoch },
    });
  }
  if (producer.epoch > known.epoch) {
    if (producer.seq === 0) return false;
    throw new CarillonError('bad-request', 'Producer-Seq must start at 0 in a new epoch');
  }
  if (producer.seq > known.seq + 1) {
    throw new CarillonError('conflict', `producer ${producer.id} must go on with Producer-Seq ${known.seq + 1}`, {
      facts: { expectedSeq: known.seq + 1, receivedSeq: producer.seq },
    });
  }
  return producer.seq <= known.seq;
}

/** Scope of `Stream-Seq`: the stream, whoever writes. Header values compare as bytes. */
function requireHigherSeq(stream: StoredStream, seq: string | undefined): void {
  if (seq === undefined || stream.lastSeq === undefined || seq > stream.lastSeq) return;
  throw new CarillonError('conflict', `Stream-Seq must be above "${stream.lastSeq}", the last one accepted`);
}
