/**
 * Bytes as they are made: the source is asked for more when the reader has taken what there was, and is ended when the
 * reader goes away. An error breaks the answer off, which tells the reader that it is not whole.
 */
export function byteStream(
  source: AsyncGenerator<Uint8Array, void>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        onError(error);
        throw error;
      }
    },
    async cancel() {
      await source.return();
    },
  }, { highWaterMark: 0 });
}
