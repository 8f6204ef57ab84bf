import type { IncomingMessage } from 'node:http';
import { CarillonError } from '@carillon/core';

/** The whole body, or `too-large` as soon as it is known to be longer than `maxBytes`. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { headers } = request;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return Promise.reject(new CarillonError('unsupported-media-type', 'send the body without Content-Encoding'));
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  if (request.destroyed && !request.complete) return Promise.reject(cutOff());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else {
        request.pause();
        reject(tooLarge(maxBytes));
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(cutOff()));
    request.on('close', () => {
      if (!request.complete) reject(cutOff());
    });
  });
}

function tooLarge(maxBytes: number): CarillonError {
  return new CarillonError('too-large', `a body has at most ${maxBytes} bytes`, { facts: { limit: maxBytes } });
}

function cutOff(): CarillonError {
  return new CarillonError('bad-request', 'the client left before its body was here');
}
