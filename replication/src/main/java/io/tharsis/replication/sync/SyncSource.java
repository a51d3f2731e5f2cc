package io.tharsis.replication.sync;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.log.ReadableLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.ContentStamp;
import io.tharsis.replication.link.Allowance;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkHandler;
import io.tharsis.replication.wire.Compression;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.Payload;
import io.tharsis.replication.wire.SyncMessage;
import io.tharsis.replication.wire.SyncMessage.ChunkData;
import io.tharsis.replication.wire.SyncMessage.ChunkEqual;
import io.tharsis.replication.wire.SyncMessage.ChunkRefusal;
import io.tharsis.replication.wire.SyncMessage.ChunkRefused;
import io.tharsis.replication.wire.SyncMessage.ChunkRequest;
import io.tharsis.replication.wire.SyncMessage.ChunkStamp;
import io.tharsis.replication.wire.SyncMessage.ChunkZero;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The source's side of one SYNC link: reads the chunks that are asked for, some at a time, and
 * sends what the receiver does not have. Lives on the owner of the resource, which is closed only
 * when this is idle.
 */
public final class SyncSource implements LinkHandler {

  /** Reads under way at a time on one link. */
  private static final int MOST_READS = 8;

  /** Requests that wait besides; more are refused. */
  private static final int MOST_WAITING = 256;

  /** What chunks are read from: a primary, or a secondary while it is consistent. */
  public interface Replica {

    /** The log, for stamps. */
    ReadableLog log();

    /** Size of a volume in bytes; empty if there is no such volume. */
    Optional<Long> volumeBytes(int volume);

    /** Reads a content that is durable here; fails unless this replica is consistent. */
    Async<ContentStamp> readStamped(int volume, long offset, ByteBuffer into);
  }

  /** Who must know that chunks are being read. Called on the owner of the resource. */
  public interface Listener {

    /** The link is there: the resource is not closed before the source has ended. */
    void begun(SyncSource source);

    /** The link is gone and no read is under way. */
    void ended(SyncSource source);
  }

  private final Replica replica;
  private final Codec codec;
  private final Allowance allowance;
  private final Listener listener;
  private final ArrayDeque<ChunkRequest> waiting = new ArrayDeque<>();
  private Optional<Link> open = Optional.empty();
  private boolean over;
  private boolean isWaiting;
  private int reads;

  /**
   * Waits for its link.
   *
   * @param codec how bulk is compressed, where the receiver reads it and it gets shorter
   * @param allowance to send bulk
   */
  public SyncSource(Replica replica, Codec codec, Allowance allowance, Listener listener) {
    this.replica = replica;
    this.codec = codec;
    this.allowance = allowance;
    this.listener = listener;
  }

  /** Answers nothing any more. */
  public void stop(String why) {
    open.ifPresent(link -> link.close(why));
  }

  @Override
  public void opened(Link link) {
    open = Optional.of(link);
    listener.begun(this);
  }

  @Override
  public void received(Link link, Message message) {
    if (!(message instanceof ChunkRequest request)) {
      link.close("a source of chunks is only asked for chunks");
    } else if (waiting.size() >= MOST_WAITING) {
      refuse(request, ChunkRefusal.BUSY, "too many requests at once");
    } else {
      waiting.add(request);
      pump();
    }
  }

  @Override
  public void roomAgain(Link link) {
    pump();
  }

  private void pump() {
    while (reads < MOST_READS && !waiting.isEmpty() && open.map(Link::hasRoom).orElse(false)) {
      if (!allowance.isOpen()) {
        awaitAllowance();
        return;
      }
      read(waiting.remove());
    }
  }

  private void awaitAllowance() {
    if (!isWaiting) {
      isWaiting = true;
      allowance.await(() -> {
        isWaiting = false;
        pump();
      });
    }
  }

  private void read(ChunkRequest request) {
    SyncMessage.ChunkExtent extent = request.extent();
    Optional<Long> size = replica.volumeBytes(extent.volume());
    if (size.isEmpty() || extent.offset() + extent.lengthBytes() > size.get()) {
      refuse(request, ChunkRefusal.NO_SUCH_EXTENT, "the volume is " + size + " bytes here");
      return;
    }
    reads++;
    ByteBuffer content = replica.log().readBuffers().take(extent.lengthBytes());
    replica
        .readStamped(extent.volume(), extent.offset(), content)
        .observe(
            stamp ->
                readEnded(() -> {
                  answer(request, stamp, content);
                  replica.log().readBuffers().giveBack(content);
                }),
            // Not given back: what has failed as a whole may still be under way at a disk.
            cause -> readEnded(() -> failed(request, cause)));
  }

  private void readEnded(Runnable answer) {
    reads--;
    if (open.isPresent()) {
      answer.run();
      pump();
    }
    endIfOver();
  }

  private void failed(ChunkRequest request, IOException cause) {
    refuse(request, ChunkRefusal.READ_ERROR, String.valueOf(cause.getMessage()));
  }

  private void answer(ChunkRequest request, ContentStamp found, ByteBuffer content) {
    Optional<Epoch> epoch = replica.log().lineage().newest();
    if (found.fromLsn() < request.checkpointLsn() || epoch.isEmpty()) {
      refuse(request, ChunkRefusal.TOO_OLD, "the content here is of LSN " + found.fromLsn());
      return;
    }
    ChunkStamp stamp = new ChunkStamp(found.toLsn(), epoch.get().id());
    Link link = open.orElseThrow();
    if (request.digest().filter(Content.digest(content)::equals).isPresent()) {
      link.send(new ChunkEqual(request.id(), stamp));
    } else if (Content.isZero(content)) {
      link.send(new ChunkZero(request.id(), stamp));
    } else {
      Codec shorter = link.codecs().contains(codec) ? codec : Codec.PLAIN;
      Payload payload = Compression.compress(content, shorter);
      allowance.spend(payload.stored().remaining());
      link.send(new ChunkData(request.id(), stamp, payload));
    }
  }

  private void refuse(ChunkRequest request, ChunkRefusal code, String words) {
    open.ifPresent(link -> link.send(new ChunkRefused(request.id(), code, words)));
  }

  @Override
  public void closed(Link link, LinkEnd end) {
    open = Optional.empty();
    over = true;
    waiting.clear();
    endIfOver();
  }

  private void endIfOver() {
    if (over && reads == 0) {
      over = false;
      listener.ended(this);
    }
  }
}
