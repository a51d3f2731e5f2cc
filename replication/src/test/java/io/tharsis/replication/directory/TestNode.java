package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.Digest;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Durability;
import io.tharsis.logfiles.seam.Extent;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimHost;
import io.tharsis.logfiles.sim.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** A simulated node that is nothing but its directory. */
final class TestNode {

  private final Simulation simulation;
  private final SimHost host;
  private final UUID id;
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Key> changes = new ArrayList<>();
  private final TreeMap<UUID, Conversation> conversations = new TreeMap<>();
  private DirectoryLimits limits = DirectoryLimits.DEFAULT;
  private Warrant warrant = (document, counter) -> Async.of(true);
  private Optional<Directory> directory = Optional.empty();
  private List<Remark> remarks = List.of();
  private String files = "directory";
  private int starts;

  TestNode(Simulation simulation, String name, UUID id) {
    this.simulation = simulation;
    this.host = simulation.host(name);
    this.id = id;
  }

  UUID id() {
    return id;
  }

  SimHost host() {
    return host;
  }

  Directory directory() {
    return directory.orElseThrow();
  }

  boolean isUp() {
    return directory.isPresent();
  }

  List<Alarm> alarms() {
    return alarms;
  }

  List<Key> changes() {
    return changes;
  }

  List<Remark> remarks() {
    return remarks;
  }

  SimDirectory files() {
    return host.directory(files);
  }

  TestNode limits(DirectoryLimits changed) {
    limits = changed;
    return this;
  }

  TestNode warrant(Warrant changed) {
    warrant = changed;
    return this;
  }

  Map<Line, Digest> digests() {
    return directory().holdings().digests();
  }

  /** Starts it; where the store does not let it, it is tried again. */
  void start(Runnable whenUp) {
    int start = ++starts;
    host.owner()
        .execute(() -> {
          UUID incarnation = host.entropy().nextUuid();
          DirectorySeams seams =
              new DirectorySeams(files().open(host.owner()), host.clock(), host.entropy(), warrant);
          Directory.open(new Self(id, incarnation), seams, limits)
              .observe(
                  opened -> {
                    directory = Optional.of(opened);
                    remarks = opened.remarks();
                    opened.listen(listener());
                    whenUp.run();
                  },
                  cause ->
                      host.clock()
                          .after(
                              Duration.ofSeconds(1),
                              () -> {
                                if (start == starts) {
                                  start(whenUp);
                                }
                              }));
        });
  }

  private DirectoryListener listener() {
    return new DirectoryListener() {
      @Override
      public void changed(Key key) {
        changes.add(key);
      }

      @Override
      public void alarm(Alarm alarm) {
        alarms.add(alarm);
      }
    };
  }

  /** It dies; what its store had not made durable may be lost. */
  void crash(boolean power) {
    starts++;
    directory = Optional.empty();
    conversations.clear();
    if (power) {
      host.powerFail();
    } else {
      host.kill();
    }
  }

  /** Runs on the owner if it is up. */
  void run(Runnable what) {
    host.owner()
        .execute(() -> {
          if (isUp()) {
            what.run();
          }
        });
  }

  /** A link to another node is there; its messages go to {@code send}. */
  void connect(Peer peer) {
    run(() -> conversations.put(peer.node(), directory().connected(peer)));
  }

  void disconnect(UUID peer) {
    run(() -> Optional.ofNullable(conversations.remove(peer)).ifPresent(Conversation::ended));
  }

  void receive(UUID peer, Blob bytes) {
    run(() ->
        Optional.ofNullable(conversations.get(peer))
            .ifPresent(conversation -> conversation.received(bytes)));
  }

  /** What is in its files now. */
  Map<String, byte[]> backup() {
    Map<String, byte[]> copy = new LinkedHashMap<>();
    for (String file : files().files()) {
      long size = files().medium(file).sizeBytes();
      copy.put(file, files().medium(file).peek(new Range(0, size)));
    }
    return copy;
  }

  /** Gives it other files, those of a backup; it must be down. */
  void restore(Map<String, byte[]> copy, Runnable whenDone) {
    files = "directory-" + ++starts;
    host.owner()
        .execute(() -> {
          Store store = files().open(host.owner());
          Async.forEach(copy.entrySet(), file -> write(store, file.getKey(), file.getValue()))
              .then(done -> store.syncDirectory())
              .observe(done -> whenDone.run(), cause -> restore(copy, whenDone));
        });
  }

  private static Async<Void> write(Store store, String file, byte[] bytes) {
    ByteBuffer content = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return store
        .create(file, bytes.length)
        .then(disk ->
            Async.start(
                    done -> disk.write(List.of(Extent.of(0, content)), Durability.DURABLE, done))
                .then(done -> disk.close()));
  }

  @Override
  public String toString() {
    return host.name() + " in " + simulation.seed();
  }
}
