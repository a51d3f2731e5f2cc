package io.tharsis.replication.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Documents, files and messages as bytes. */
class FormatTest {

  private static Map<String, Document> documents() {
    Map<String, Document> all = new LinkedHashMap<>();
    all.put("node", Samples.nodeDocument());
    all.put("resource", Samples.resourceDocument());
    all.put("replica", Samples.replicaDocument());
    all.put("cluster", Samples.clusterDocument());
    all.put("tombstone", Samples.tombstone());
    return all;
  }

  private static Map<String, Exchange> messages() {
    Map<String, Exchange> all = new LinkedHashMap<>();
    all.put("summary", Samples.summary());
    all.put("offer", Samples.offer());
    all.put("want", Samples.want());
    all.put("give", Samples.give());
    return all;
  }

  @Test
  void bytesAreWhatTheDrawingSays() throws IOException {
    for (var each : documents().entrySet()) {
      assertThat(each.getValue().encode())
          .as(each.getKey())
          .isEqualTo(Samples.golden("document-" + each.getKey()));
    }
    for (var each : messages().entrySet()) {
      assertThat(ExchangeCodec.encode(each.getValue()))
          .as(each.getKey())
          .isEqualTo(Samples.golden("message-" + each.getKey()));
    }
    ByteBuffer slot = new Slot(6, Held.of(Samples.nodeDocument())).encode();
    byte[] bytes = new byte[slot.limit()];
    slot.get(0, bytes);
    assertThat(Blob.of(bytes)).isEqualTo(Samples.golden("slot"));
  }

  @Test
  void whatIsWrittenIsRead() throws FormatException {
    for (Document document : documents().values()) {
      assertThat(Document.decode(document.encode())).isEqualTo(document);
    }
    for (Exchange message : messages().values()) {
      assertThat(ExchangeCodec.decode(ExchangeCodec.encode(message))).isEqualTo(message);
    }
    assertThat(Held.of(Samples.nodeDocument()).content()).isEqualTo(Samples.node());
    assertThat(Held.of(Samples.replicaDocument()).content())
        .isEqualTo(Samples.replica(Samples.MEMBERSHIP, 4096));
    assertThat(Held.of(Samples.resourceDocument()).content())
        .isEqualTo(Samples.resource(Samples.NODE, Samples.OTHER));
    assertThat(Held.of(Samples.tombstone()).content()).isEqualTo(new Content.Tombstone("mail"));
  }

  @Test
  void everyTruncationAndEveryExcessIsRefused() {
    for (Document document : documents().values()) {
      byte[] bytes = document.encode().toByteArray();
      for (int length = 0; length <= bytes.length + 1; length++) {
        if (length != bytes.length) {
          Blob wrong = Blob.of(Arrays.copyOf(bytes, length));
          assertThatThrownBy(() -> Document.decode(wrong)).isInstanceOf(FormatException.class);
        }
      }
    }
    for (Exchange message : messages().values()) {
      byte[] bytes = ExchangeCodec.encode(message).toByteArray();
      for (int length = 0; length <= bytes.length + 1; length++) {
        if (length != bytes.length) {
          Blob wrong = Blob.of(Arrays.copyOf(bytes, length));
          assertThatThrownBy(() -> ExchangeCodec.decode(wrong)).isInstanceOf(FormatException.class);
        }
      }
    }
  }

  @Test
  void nonsenseIsReadOrRefusedAndNothingElse() {
    Random random = new Random(7);
    List<Blob> sound = documents().values().stream().map(Document::encode).toList();
    List<Blob> messages = messages().values().stream().map(ExchangeCodec::encode).toList();
    int read = 0;
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = sound.get(random.nextInt(sound.size())).toByteArray();
      byte[] message = messages.get(random.nextInt(messages.size())).toByteArray();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        message[random.nextInt(message.length)] = (byte) random.nextInt();
      }
      try {
        Held held = Held.decode(Blob.of(bytes));
        assertThat(held.bytes()).isEqualTo(Blob.of(bytes));
        read++;
      } catch (FormatException refused) {
        assertThat(refused).hasMessageContaining("at byte");
      }
      try {
        assertThat(ExchangeCodec.decode(Blob.of(message))).isNotNull();
      } catch (FormatException refused) {
        assertThat(refused).hasMessageContaining("at byte");
      }
    }
    assertThat(read).isBetween(1, 4_999);
  }

  @Test
  void whatANewerProgramAddsIsKeptAndWhatItNeedsIsUnread() throws FormatException {
    Document known = Samples.nodeDocument();
    assertThat(with(known, 900, 0)).isInstanceOf(NodeDocument.class);
    assertThat(((NodeDocument) with(known, 901, 0)).extras()).hasSize(2);
    assertThat(with(known, 901, ContentCodec.FLAG_NEEDED))
        .isInstanceOfSatisfying(
            Content.Unread.class, unread -> assertThat(unread.reason()).contains("tag 901"));
    Document unknown =
        new Document(
            new Key(77, Samples.NODE, Samples.OTHER),
            false,
            known.version(),
            known.origin(),
            List.of(),
            Blob.of(new byte[] {1}));
    assertThat(Held.decode(unknown.encode()).content()).isInstanceOf(Content.Unread.class);
    byte[] newer = known.content().toByteArray();
    newer[2] = 2;
    assertThat(content(known, newer))
        .isInstanceOfSatisfying(
            Content.Unread.class, unread -> assertThat(unread.reason()).contains("version 2"));
    assertThat(content(known, new byte[0])).isInstanceOf(Content.Unread.class);
    assertThat(content(known, new byte[] {1, 0, 1, 0})).isInstanceOf(Content.Unread.class);
  }

  private static Content with(Document document, int tag, int flags) {
    try (Scratch scratch = new Scratch(4096)) {
      scratch.putBytes(document.content().toByteArray());
      scratch.putShort(tag).putShort(flags).putInt(1).putByte(42);
      return content(document, Bytes.of(scratch).toByteArray());
    }
  }

  private static Content content(Document document, byte[] content) {
    return Held.of(
            new Document(
                document.key(),
                false,
                document.version(),
                document.origin(),
                List.of(),
                Blob.of(content)))
        .content();
  }

  @Test
  void aDocumentThatOnlyANewerProgramCanMergeIsRefused() {
    byte[] bytes = Samples.nodeDocument().encode().toByteArray();
    bytes[Document.AT_FLAGS + 1] = 1;
    assertThatThrownBy(() -> Document.decode(Blob.of(bytes))).hasMessageContaining("newer program");
  }

  @Test
  void limitsHold() {
    Document node = Samples.nodeDocument();
    assertThatThrownBy(() ->
            new Document(
                node.key(),
                false,
                node.version(),
                node.origin(),
                List.of(),
                Blob.of(new byte[Document.MAX_CONTENT_BYTES + 1])))
        .isInstanceOf(Invariant.Broken.class);
    UUID[] tooMany = new UUID[ResourceDocument.MAX_MEMBERS + 1];
    Arrays.setAll(tooMany, i -> new UUID(0, i + 1));
    assertThatThrownBy(() -> Samples.resource(tooMany)).isInstanceOf(Invariant.Broken.class);
    assertThatThrownBy(() -> Samples.resource(Samples.NODE, Samples.NODE))
        .isInstanceOf(Invariant.Broken.class);
    EpochRef later = new EpochRef(9, Samples.EPOCH);
    assertThatThrownBy(() -> new Authority(new EpochRef(8, Samples.EPOCH), List.of(later), false))
        .isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void everyFlippedBitOfASlotIsSeen() {
    Held held = Held.of(Samples.nodeDocument());
    ByteBuffer slot = new Slot(6, held).encode();
    assertThat(Slot.decode(slot, 0, slot.limit()))
        .isEqualTo(new Reading.Sound<>(new Slot(6, held)));
    int used = Slot.AT_DOCUMENT + held.bytes().sizeBytes();
    for (int bit = 0; bit < used * 8; bit++) {
      int at = bit / 8;
      slot.put(at, (byte) (slot.get(at) ^ (1 << (bit % 8))));
      assertThat(Slot.decode(slot, 0, slot.limit()))
          .as("bit %d", bit)
          .isInstanceOf(Reading.Corrupt.class);
      slot.put(at, (byte) (slot.get(at) ^ (1 << (bit % 8))));
    }
    assertThat(Slot.decode(ByteBuffer.allocate(4096), 0, 4096)).isInstanceOf(Reading.Blank.class);
  }
}
