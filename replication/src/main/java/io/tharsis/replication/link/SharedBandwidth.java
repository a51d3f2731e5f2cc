package io.tharsis.replication.link;

import io.tharsis.logfiles.seam.Owner;
import java.util.ArrayDeque;

/**
 * A share of one node's {@link Bandwidth} for a sender that lives on another owner: fetches leave
 * in portions, when there is something to send. Lives on the sender's owner.
 */
public final class SharedBandwidth implements Allowance {

  private static final long PORTION_BYTES = 128 << 10;

  private final Bandwidth bucket;
  private final Owner bucketOwner;
  private final Owner owner;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private long leftBytes;
  private boolean asking;

  /**
   * A share in which nothing is left yet.
   *
   * @param bucket confined to {@code bucketOwner}
   * @param owner of the sender
   */
  public SharedBandwidth(Bandwidth bucket, Owner bucketOwner, Owner owner) {
    this.bucket = bucket;
    this.bucketOwner = bucketOwner;
    this.owner = owner;
  }

  @Override
  public boolean isOpen() {
    return leftBytes > 0;
  }

  @Override
  public void spend(long bytes) {
    leftBytes -= bytes;
  }

  @Override
  public void await(Runnable again) {
    waiting.add(again);
    ask();
  }

  private void ask() {
    if (!asking) {
      asking = true;
      bucketOwner.execute(this::fetch);
    }
  }

  /** On the owner of the bucket. */
  private void fetch() {
    if (bucket.take(PORTION_BYTES)) {
      owner.execute(this::granted);
    } else {
      bucket.await(this::fetch);
    }
  }

  private void granted() {
    asking = false;
    leftBytes += PORTION_BYTES;
    if (leftBytes <= 0) {
      ask();
      return;
    }
    for (int turns = waiting.size(); turns > 0 && isOpen(); turns--) {
      waiting.remove().run();
    }
    if (!waiting.isEmpty()) {
      ask();
    }
  }
}
