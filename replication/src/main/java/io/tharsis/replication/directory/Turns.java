package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Async;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Lets changes of one key run one after the other, in order. Belongs to one owner.
 *
 * @param <K> what is changed
 */
public final class Turns<K extends Comparable<? super K>> {

  /** At so many changes that run or wait, others are refused. */
  static final int MAX = 1024;

  /** The changes of one key; one runs at a time. */
  private final class Lane {
    private final K key;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private boolean looping;

    Lane(K key) {
      this.key = key;
    }

    /** A change that ends at once is followed by the next in a loop: any number needs no stack. */
    void loop() {
      if (looping) {
        return;
      }
      looping = true;
      while (!running && !waiting.isEmpty()) {
        running = true;
        waiting.remove().run();
      }
      looping = false;
      if (!running) {
        lanes.remove(key);
      }
    }
  }

  private final TreeMap<K, Lane> lanes = new TreeMap<>();
  private Optional<Async<Void>> idle = Optional.empty();
  private int changes;

  /** Whether another change may come. */
  public boolean hasRoom() {
    return changes < MAX;
  }

  /** Starts a change when those of its key that came before have ended. */
  public <T> Async<T> take(K key, Supplier<Async<T>> change) {
    Async<T> result = new Async<>();
    Lane lane = lanes.computeIfAbsent(key, Lane::new);
    changes++;
    lane.waiting.add(() ->
        change
            .get()
            .observe(
                value -> {
                  ended(lane);
                  result.succeed(value);
                  settled();
                },
                cause -> {
                  ended(lane);
                  result.fail(cause);
                  settled();
                }));
    lane.loop();
    return result;
  }

  private void ended(Lane lane) {
    lane.running = false;
    changes--;
    lane.loop();
  }

  private void settled() {
    if (changes == 0) {
      Optional<Async<Void>> now = idle;
      idle = Optional.empty();
      now.ifPresent(async -> async.succeed(null));
    }
  }

  /** Succeeds when nothing runs or waits. */
  public Async<Void> whenIdle() {
    if (changes == 0) {
      return Async.done();
    }
    Async<Void> result = idle.orElseGet(Async::new);
    idle = Optional.of(result);
    return result;
  }
}
