package io.tharsis.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, the answer is a message or a refusal. */
class FrameTest {

  /** Makes the checksum of a frame right again after it was changed. */
  private static ByteBuffer sealed(ByteBuffer frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().position(Frame.AT_BODY_BYTES));
    return frame.order(ByteOrder.LITTLE_ENDIAN).putInt(Frame.AT_CRC, (int) crc.getValue());
  }

  private static ByteBuffer copy(ByteBuffer frame) {
    return ByteBuffer.allocate(frame.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(frame.duplicate())
        .flip();
  }

  @Test
  void everyFlippedBitIsNoticed() {
    for (Map.Entry<String, Message> sample : Samples.all().entrySet()) {
      ByteBuffer frame = Frame.encode(sample.getValue(), 1);
      for (int bit = 0; bit < frame.limit() * 8; bit++) {
        int at = bit / 8;
        if (at >= Frame.AT_BODY_BYTES && at < Frame.AT_KIND) {
          continue; // another length is the reader's business
        }
        ByteBuffer damaged = copy(frame);
        damaged.put(at, (byte) (damaged.get(at) ^ 1 << bit % 8));
        assertThatThrownBy(() -> Frame.decode(damaged, 1))
            .as("%s, bit %d", sample.getKey(), bit)
            .isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void everyTruncationWithARightChecksumIsRefused() throws IOException {
    for (Map.Entry<String, Message> sample : Samples.all().entrySet()) {
      ByteBuffer frame = Frame.encode(sample.getValue(), 1);
      for (int length = Frame.HEADER_BYTES; length < frame.limit(); length++) {
        ByteBuffer shorter = copy(frame).limit(length);
        shorter.putInt(Frame.AT_BODY_BYTES, length - Frame.HEADER_BYTES);
        assertThatThrownBy(() -> Frame.decode(sealed(shorter), 1))
            .as("%s, %d bytes", sample.getKey(), length)
            .isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void whatANewerVersionAddsToAHelloIsIgnoredAndToOthersRefused() throws IOException {
    for (Map.Entry<String, Message> sample : Samples.all().entrySet()) {
      ByteBuffer frame = Frame.encode(sample.getValue(), 1);
      ByteBuffer longer =
          ByteBuffer.allocate(frame.limit() + 3).order(ByteOrder.LITTLE_ENDIAN).put(frame).clear();
      longer.putInt(Frame.AT_BODY_BYTES, longer.limit() - Frame.HEADER_BYTES);
      sealed(longer);
      if (sample.getValue() instanceof Hello || sample.getValue() instanceof LinkMessage.Refused) {
        assertThat(Frame.decode(longer, 1)).isEqualTo(sample.getValue());
      } else {
        assertThatThrownBy(() -> Frame.decode(longer, 1)).isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void randomBodiesWithARightChecksumAreReadOrRefused() {
    Random random = new Random(11);
    List<MessageKind> kinds = List.of(MessageKind.values());
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      MessageKind kind = kinds.get(random.nextInt(kinds.size()));
      ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_BYTES + random.nextInt(80));
      for (int at = Frame.HEADER_BYTES; at < frame.limit(); at++) {
        frame.put(at, (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0));
      }
      frame.order(ByteOrder.LITTLE_ENDIAN);
      frame.putInt(Frame.AT_BODY_BYTES, frame.limit() - Frame.HEADER_BYTES);
      frame.put(Frame.AT_KIND, (byte) kind.code());
      try {
        Message message = Frame.decode(sealed(frame), 1);
        assertThat(Frame.encode(message, 1)).isNotNull();
        read++;
      } catch (IOException refused) {
        assertThat(refused).isInstanceOfAny(FormatException.class, UnknownClassException.class);
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void anUnknownClassInAHelloIsToldApart() {
    ByteBuffer frame = Frame.encode(Samples.hello(Hello.Purpose.of(LinkClass.CONTROL)), 1);
    frame.put(Frame.HEADER_BYTES + LinkCodec.AT_CLASS, (byte) 77);
    assertThatThrownBy(() -> Frame.decode(sealed(frame), 1))
        .isInstanceOf(UnknownClassException.class)
        .hasMessageContaining("77");
  }

  @Test
  void anUnknownRefusalIsARefusal() throws IOException {
    ByteBuffer frame = Frame.encode(new LinkMessage.Refused(RefusalCode.SELF, "new"), 1);
    frame.putShort(Frame.HEADER_BYTES, (short) 999);
    assertThat(Frame.decode(sealed(frame), 1))
        .isEqualTo(new LinkMessage.Refused(RefusalCode.NOT_ALLOWED, "new"));
  }

  @Test
  void aReaderCutsAStreamIntoFramesHoweverItComes() throws IOException {
    List<Message> messages = new ArrayList<>(Samples.all().values());
    ByteBuffer stream = ByteBuffer.allocate(1 << 16);
    messages.forEach(message -> stream.put(Frame.encode(message, 1)));
    stream.flip();
    for (int piece : new int[] {1, 2, 7, 12, 13, 100, 1 << 16}) {
      FrameReader reader = new FrameReader(Wire.MAX_BODY_BYTES);
      List<Message> read = new ArrayList<>();
      for (int at = 0; at < stream.limit(); at += piece) {
        ByteBuffer chunk = stream.slice(at, Math.min(piece, stream.limit() - at));
        Optional<ByteBuffer> frame = reader.next(chunk);
        while (frame.isPresent()) {
          read.add(Frame.decode(frame.get(), 1));
          frame = reader.next(chunk);
        }
        assertThat(chunk.hasRemaining()).isFalse();
      }
      assertThat(read).as("pieces of %d", piece).isEqualTo(messages);
    }
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeAnythingIsAllocated() {
    for (int length : new int[] {101, Integer.MAX_VALUE, -1}) {
      ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(Frame.AT_BODY_BYTES, length);
      assertThatThrownBy(() -> new FrameReader(100).next(header))
          .isInstanceOf(FormatException.class);
    }
  }
}
