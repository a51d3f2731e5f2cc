package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a directory and one peer's say to each other over one link. Each says what it has, in parts
 * that differ; each asks for what it wants, a limited number at a time. Of a peer whose clock is
 * too far ahead nothing is believed but the cluster document, for which a signature vouches.
 * Belongs to the directory, lives as long as the link.
 */
public final class Conversation {

  /** How long an answer is waited for before somebody else may be asked. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A peer is told what differs at most this often. */
  static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);

  private final Directory directory;
  private final Peer peer;
  private final TreeMap<Line, Exchange.Entry> wanted = new TreeMap<>();
  private final TreeMap<Line, Long> asked = new TreeMap<>();
  private Optional<Long> toldAtNanos = Optional.empty();
  private boolean trusted;
  private boolean ended;

  Conversation(Directory directory, Peer peer) {
    this.directory = directory;
    this.peer = peer;
  }

  /** The link is gone. */
  public void ended() {
    ended = true;
    directory.disconnected(this);
  }

  /** A message of the peer, encoded. */
  public void received(Blob bytes) {
    try {
      received(ExchangeCodec.decode(bytes));
    } catch (FormatException e) {
      directory.raise(new Alarm.Nonsense(peer.node(), String.valueOf(e.getMessage())));
    }
  }

  /** A message of the peer. */
  public void received(Exchange message) {
    if (ended || directory.isClosed()) {
      return;
    }
    switch (message) {
      case Exchange.Summary summary -> compare(summary);
      case Exchange.Offer(List<Exchange.Entry> entries) -> consider(entries);
      case Exchange.Want(List<Line> lines) -> give(lines);
      case Exchange.Give(List<Blob> documents) -> take(documents);
    }
  }

  private void compare(Exchange.Summary theirs) {
    NodeClock clock = directory.clock();
    Alarm.ClockAhead ahead = new Alarm.ClockAhead(peer.node(), clock.aheadMillis(theirs.now()));
    trusted = clock.hear(theirs.now());
    if (trusted) {
      directory.end(ahead);
      directory.heard().hear(peer.node(), theirs.now());
      theirs.heard().forEach(directory::hearsay);
    } else {
      wanted.keySet().removeIf(line -> !isHeard(line.key()));
      asked.keySet().removeIf(line -> !isHeard(line.key()));
      directory.raise(ahead);
    }
    // What we have does a peer with a wrong clock no harm.
    offer(theirs.buckets());
  }

  /** Whether this peer may say something about this, as its clock is. */
  private boolean isHeard(Key key) {
    return trusted || key.equals(Key.cluster());
  }

  /** Offers all we have in the parts in which the peer has something else. */
  private void offer(List<Long> theirs) {
    long now = directory.nanos();
    if (toldAtNanos.filter(at -> now - at < SHORTEST_PAUSE.toNanos()).isPresent()) {
      return;
    }
    List<Long> ours = directory.holdings().buckets();
    if (ours.equals(theirs)) {
      return;
    }
    List<Exchange.Entry> entries = new ArrayList<>();
    for (Held held : directory.holdings().all()) {
      int bucket = Holdings.bucket(held.document().key());
      if (!ours.get(bucket).equals(theirs.get(bucket))) {
        entries.add(held.entry());
      }
    }
    if (!entries.isEmpty()) {
      toldAtNanos = Optional.of(now);
    }
    for (int from = 0; from < entries.size(); from += Exchange.MAX_OFFERED) {
      int to = Math.min(entries.size(), from + Exchange.MAX_OFFERED);
      send(new Exchange.Offer(entries.subList(from, to)));
    }
  }

  private void consider(List<Exchange.Entry> entries) {
    for (Exchange.Entry entry : entries) {
      if (wanted.size() < 4 * Exchange.MAX_OFFERED
          && isHeard(entry.key())
          && directory.isWanted(entry)) {
        wanted.put(entry.line(), entry);
      }
    }
    ask();
  }

  /** Asks for what is wanted still, as much as may be outstanding. */
  private void ask() {
    List<Line> lines = new ArrayList<>();
    while (!wanted.isEmpty() && asked.size() < Exchange.MAX_WANTED && peer.hasRoom()) {
      Exchange.Entry entry = wanted.pollFirstEntry().getValue();
      if (directory.isWanted(entry) && !asked.containsKey(entry.line())) {
        asked.put(entry.line(), directory.nanos());
        lines.add(entry.line());
      }
    }
    if (!lines.isEmpty()) {
      send(new Exchange.Want(lines));
    }
  }

  private void give(List<Line> lines) {
    List<Blob> documents = new ArrayList<>();
    int bytes = 0;
    for (Line line : lines) {
      Optional<Held> held = directory.holdings().find(line);
      if (held.isEmpty()) {
        continue;
      }
      int size = held.get().bytes().sizeBytes();
      if (bytes + size > Exchange.MAX_GIVEN_BYTES) {
        send(new Exchange.Give(documents));
        documents.clear();
        bytes = 0;
      }
      documents.add(held.get().bytes());
      bytes += size;
    }
    if (!documents.isEmpty()) {
      send(new Exchange.Give(documents));
    }
  }

  private void take(List<Blob> documents) {
    for (Blob document : documents) {
      directory.receive(peer.node(), document, this::isHeard).ifPresent(asked::remove);
    }
    ask();
  }

  /** Gives a document that has just come into force, without being asked. */
  void announce(Held held) {
    send(new Exchange.Give(List.of(held.bytes())));
  }

  /** Says what we have, in short. */
  void summarize() {
    send(
        new Exchange.Summary(
            directory.clock().now(), directory.holdings().buckets(), directory.heard().all()));
  }

  void tick() {
    long now = directory.nanos();
    asked.values().removeIf(at -> now - at > PATIENCE.toNanos());
    summarize();
    ask();
  }

  private void send(Exchange message) {
    if (!ended && peer.hasRoom()) {
      peer.send(message);
    }
  }
}
