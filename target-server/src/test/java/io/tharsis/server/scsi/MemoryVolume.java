package io.tharsis.server.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.volume.Ticket;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume in memory. Operations complete in a message of the owner, or, while held, when the test
 * completes them; a write takes effect when it completes. Checks what callers promise.
 */
final class MemoryVolume implements Volume {

  static final UUID RESOURCE = UUID.fromString("8f3c1d2e-5a6b-4c7d-8e9f-a0b1c2d3e4f5");

  /** Operations as they were started, as text: {@code write 0+512 fua}. */
  final List<String> started = new ArrayList<>();

  private final ManualOwner owner;
  private final int number;
  private final List<Operation> held = new ArrayList<>();
  private byte[] content;
  private WriteCache writeCache = WriteCache.DURABLE;
  private boolean hold;
  private boolean unbegun;
  private int room = Integer.MAX_VALUE;
  private Optional<VolumeFault> fault = Optional.empty();

  private record Operation(String name, Runnable effect, VolumeCompletion done) {}

  MemoryVolume(ManualOwner owner, int number, int blocks) {
    this.owner = owner;
    this.number = number;
    content = new byte[blocks * 512];
  }

  byte[] content() {
    return content;
  }

  void fill(int from, int to, int value) {
    Arrays.fill(content, from, to, (byte) value);
  }

  void resize(int blocks) {
    content = Arrays.copyOf(content, blocks * 512);
  }

  void cache(WriteCache cache) {
    writeCache = cache;
  }

  /** From now on operations wait for {@link #complete}. */
  void hold() {
    hold = true;
  }

  /** From now on changes wait for room, and for {@link #complete}; until then they can go back. */
  void holdForRoom() {
    hold();
    fullAfter(0);
  }

  /** From now on reads and flushes wait for where they can be done; until then they can go back. */
  void holdForRoute() {
    hold();
    unbegun = true;
  }

  /** There is room for so many changes more. */
  void fullAfter(int changes) {
    room = changes;
  }

  /** From now on every operation fails. */
  void fail(VolumeFault with) {
    fault = Optional.of(with);
  }

  int heldOperations() {
    return held.size();
  }

  /** Completes the held operation at this place of the list. */
  void complete(int index) {
    finish(held.remove(index));
  }

  void completeAll() {
    while (!held.isEmpty()) {
      complete(0);
      owner.runAll();
    }
  }

  @Override
  public UUID resourceId() {
    return RESOURCE;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public long sizeBytes() {
    return content.length;
  }

  @Override
  public WriteCache writeCache() {
    return writeCache;
  }

  @Override
  public void read(long offset, ByteBuffer into, VolumeCompletion done) {
    check(offset, into.remaining());
    assertThat(into.isDirect()).isTrue();
    int at = into.position();
    start(
        "read " + offset + "+" + into.remaining(),
        () -> into.put(at, content, (int) offset, into.remaining()),
        done);
  }

  @Override
  public Ticket write(
      long offset, ByteBuffer from, boolean forceUnitAccess, VolumeCompletion done) {
    check(offset, from.remaining());
    assertThat(from.isDirect()).isTrue();
    int at = from.position();
    return start(
        "write " + offset + "+" + from.remaining() + (forceUnitAccess ? " fua" : ""),
        () -> from.get(at, content, (int) offset, from.remaining()),
        done);
  }

  @Override
  public Ticket unmap(long offset, long lengthBytes, VolumeCompletion done) {
    check(offset, lengthBytes);
    return start(
        "unmap " + offset + "+" + lengthBytes,
        () -> fill((int) offset, (int) (offset + lengthBytes), 0),
        done);
  }

  @Override
  public void flush(VolumeCompletion done) {
    start("flush", () -> {}, done);
  }

  @Override
  public boolean withdraw(VolumeCompletion done) {
    return unbegun && held.removeIf(operation -> operation.done().equals(done));
  }

  private void check(long offset, long length) {
    assertThat(offset % 512).isZero();
    assertThat(length % 512).isZero();
    assertThat(length).isPositive();
    assertThat(offset).isBetween(0L, content.length - length);
  }

  private Ticket start(String name, Runnable effect, VolumeCompletion done) {
    started.add(name);
    Operation operation = new Operation(name, effect, done);
    if (hold) {
      held.add(operation);
    } else {
      owner.execute(() -> finish(operation));
    }
    boolean waitsForRoom = hold && room <= 0;
    room--;
    return () -> waitsForRoom && held.remove(operation);
  }

  private void finish(Operation operation) {
    if (fault.isPresent()) {
      operation.done().failed(fault.get());
    } else {
      operation.effect().run();
      operation.done().succeeded();
    }
  }
}
