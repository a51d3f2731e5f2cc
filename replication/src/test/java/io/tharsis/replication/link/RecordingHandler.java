package io.tharsis.replication.link;

import io.tharsis.replication.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A user of links that remembers what it is told; may be asked on any thread. */
public final class RecordingHandler implements LinkHandler {

  private final Runnable onChange;
  private final BiConsumer<Link, Message> reaction;
  private final List<Link> opened = new ArrayList<>();
  private final List<Message> received = new ArrayList<>();
  private final List<LinkEnd> ends = new ArrayList<>();
  private int rooms;

  /** Remembers, and calls {@code onChange} after each call. */
  public RecordingHandler(Runnable onChange, BiConsumer<Link, Message> reaction) {
    this.onChange = onChange;
    this.reaction = reaction;
  }

  @Override
  public void opened(Link link) {
    synchronized (this) {
      if (!received.isEmpty() || !ends.isEmpty()) {
        throw new IllegalStateException("opened is not the first call");
      }
      opened.add(link);
    }
    onChange.run();
  }

  @Override
  public void received(Link link, Message message) {
    synchronized (this) {
      if (opened.isEmpty() || !ends.isEmpty()) {
        throw new IllegalStateException("received before opened or after closed");
      }
      received.add(message);
    }
    reaction.accept(link, message);
    onChange.run();
  }

  @Override
  public void roomAgain(Link link) {
    synchronized (this) {
      rooms++;
    }
    onChange.run();
  }

  @Override
  public void closed(Link link, LinkEnd end) {
    synchronized (this) {
      if (opened.isEmpty() || !ends.isEmpty()) {
        throw new IllegalStateException("closed before opened or twice");
      }
      ends.add(end);
    }
    onChange.run();
  }

  /** The link, once it was opened. */
  public synchronized Optional<Link> link() {
    return opened.stream().findFirst();
  }

  /** What came so far. */
  public synchronized List<Message> received() {
    return List.copyOf(received);
  }

  /** How it ended. */
  public synchronized Optional<LinkEnd> end() {
    return ends.stream().findFirst();
  }

  /** How often there was room again. */
  public synchronized int rooms() {
    return rooms;
  }
}
