package io.tharsis.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.ContentStamp;
import io.tharsis.replication.fetch.ScriptedLink;
import io.tharsis.replication.fetch.SourceLog;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkExtent;
import io.tharsis.replication.wire.SyncMessage.ChunkRefusal;
import io.tharsis.replication.wire.SyncMessage.ChunkRefused;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import io.tharsis.replication.wire.SyncMessage.ChunkZero;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One link over which chunks are asked for. */
class SyncSourceTest implements SyncSource.Replica, SyncSource.Listener {

  private static final int CHUNK = 64 << 10;
  private static final long VOLUME_BYTES = 1 << 20;

  private record Read(ByteBuffer into, Async<ContentStamp> outcome) {
    void end(int fill, long from, long to) {
      while (into.hasRemaining()) {
        into.put((byte) fill);
      }
      into.flip();
      outcome.succeed(new ContentStamp(from, to));
    }
  }

  private final SourceLog log;
  private final SyncSource source;
  private final ScriptedLink link;
  private final ArrayDeque<Read> reads = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();

  SyncSourceTest() throws IOException {
    log = new SourceLog(61);
    source = new SyncSource(this, Codec.LZ4, Allowance.UNLIMITED, this);
    link = new ScriptedLink(LinkClass.SYNC, source);
    link.open();
    assertThat(told).containsExactly("begun");
  }

  @Override
  public ReadableLog log() {
    return log.log();
  }

  @Override
  public Optional<Long> volumeBytes(int volume) {
    return volume == 0 ? Optional.of(VOLUME_BYTES) : Optional.empty();
  }

  @Override
  public Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into) {
    Read read = new Read(into, new Async<>());
    reads.add(read);
    return read.outcome();
  }

  @Override
  public void begun(SyncSource which) {
    told.add("begun");
  }

  @Override
  public void ended(SyncSource which) {
    told.add("ended");
  }

  private void ask(long id, long offset, long checkpoint, Optional<Digest> digest) {
    link.say(new ChunkRequest(id, new ChunkExtent(0, offset, CHUNK), checkpoint, digest));
  }

  private static ByteBuffer filled(int with) {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
    for (int i = 0; i < CHUNK; i++) {
      bytes.put(i, (byte) with);
    }
    return bytes;
  }

  private ChunkStamp stamp(long lsn) {
    return new ChunkStamp(lsn, log.epochId());
  }

  @Test
  void anEqualChunkIsNotSent() {
    ask(1, 0, 50, Optional.of(Content.digest(filled(7))));
    reads.remove().end(7, 100, 120);
    assertThat(link.take()).containsExactly(new ChunkEqual(1, stamp(120)));
  }

  @Test
  void zerosAreNotSent() {
    ask(1, 0, 50, Optional.of(Content.digest(filled(7))));
    reads.remove().end(0, 100, 120);
    assertThat(link.take()).containsExactly(new ChunkZero(1, stamp(120)));
  }

  @Test
  void aDifferentChunkIsSent() {
    ask(1, 0, 50, Optional.of(Content.digest(filled(7))));
    reads.remove().end(8, 100, 120);
    assertThat(link.take()).containsExactly(new ChunkData(1, stamp(120), Payload.plain(filled(8))));
  }

  @Test
  void aContentThatMayBeOlderThanTheReceiversDiskIsRefused() {
    ask(1, 0, 101, Optional.empty());
    reads.remove().end(8, 100, 120);
    assertThat(refusal(link.take().getFirst())).isEqualTo(ChunkRefusal.TOO_OLD);
  }

  private static ChunkRefusal refusal(Message message) {
    return ((ChunkRefused) message).code();
  }

  @Test
  void whatIsNotThereIsRefused() {
    ask(1, VOLUME_BYTES - 4096, 0, Optional.empty());
    link.say(new ChunkRequest(2, new ChunkExtent(1, 0, CHUNK), 0, Optional.empty()));
    assertThat(link.take())
        .extracting(SyncSourceTest::refusal)
        .containsExactly(ChunkRefusal.NO_SUCH_EXTENT, ChunkRefusal.NO_SUCH_EXTENT);
    assertThat(reads).isEmpty();
  }

  @Test
  void aReadThatFailsIsRefused() {
    ask(1, 0, 0, Optional.empty());
    reads.remove().outcome().fail(new IOException("bad sector"));
    assertThat(refusal(link.take().getFirst())).isEqualTo(ChunkRefusal.READ_ERROR);
  }

  @Test
  void readsAndRequestsAreLimited() {
    for (int i = 0; i < 300; i++) {
      ask(i, 0, 0, Optional.empty());
    }
    assertThat(reads).hasSize(8);
    assertThat(link.take())
        .hasSize(300 - 256 - 8)
        .extracting(SyncSourceTest::refusal)
        .containsOnly(ChunkRefusal.BUSY);
    reads.remove().end(1, 5, 5);
    assertThat(reads).hasSize(8);
  }

  @Test
  void withoutRoomItWaits() {
    link.room(false);
    ask(1, 0, 0, Optional.empty());
    assertThat(reads).isEmpty();
    link.room(true);
    assertThat(reads).hasSize(1);
  }

  @Test
  void itEndsOnceWhenNoReadIsUnderWay() {
    ask(1, 0, 0, Optional.empty());
    ask(2, 0, 0, Optional.empty());
    source.stop("closed");
    reads.remove().end(1, 5, 5);
    assertThat(told).containsExactly("begun");
    reads.remove().end(1, 5, 5);
    assertThat(told).containsExactly("begun", "ended");
    assertThat(link.sent()).isEmpty();
  }

  @Test
  void whatOnlyASourceSaysEndsIt() {
    link.say(new ChunkEqual(1, stamp(1)));
    assertThat(link.closed()).isPresent();
  }
}
