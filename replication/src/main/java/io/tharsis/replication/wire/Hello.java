package io.tharsis.replication.wire;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.seam.Invariant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The first frame in both directions: who speaks and what the link is for. Its layout never
 * changes, so that any two versions understand each other far enough to refuse.
 *
 * @param purpose what the link is for
 * @param sender who says it
 * @param versions the protocol versions the sender speaks
 * @param codecs how bulk bytes may be compressed towards the sender; always has {@link Codec#PLAIN}
 */
public record Hello(Purpose purpose, Sender sender, Versions versions, Set<Codec> codecs)
    implements LinkMessage {

  /**
   * What a link is for.
   *
   * @param linkClass its class
   * @param resource the resource it is about, exactly for a class that has one
   * @param lane which of several connections it is that are one link together; only of a class that
   *     is about a resource, and empty if there is only one
   */
  public record Purpose(LinkClass linkClass, Optional<UUID> resource, Optional<Lane> lane) {

    /** A purpose that can be. */
    public Purpose {
      Invariant.check(
          linkClass.ofResource() == resource.isPresent(), "resource of a link", linkClass);
      Invariant.check(lane.isEmpty() || linkClass.ofResource(), "lane of a link", linkClass);
    }

    /** A link that is about no resource. */
    public static Purpose of(LinkClass linkClass) {
      return new Purpose(linkClass, Optional.empty(), Optional.empty());
    }

    /** A link about a resource. */
    public static Purpose of(LinkClass linkClass, UUID resource) {
      return new Purpose(linkClass, Optional.of(resource), Optional.empty());
    }

    /** The same of one connection of several. */
    public Purpose on(Lane one) {
      return new Purpose(linkClass, resource, Optional.of(one));
    }

    /** The same of all connections together. */
    public Purpose whole() {
      return new Purpose(linkClass, resource, Optional.empty());
    }
  }

  /**
   * One of several connections that are one link together: message k of a direction goes over
   * connection k modulo their number.
   *
   * @param bundle names them, among those between two incarnations; random
   * @param index which of them, from 0; the one with 0 is opened first
   * @param count how many there are, from 2 to {@link #MAX}
   */
  public record Lane(long bundle, int index, int count) {

    /** Most connections of a link. */
    public static final int MAX = 16;

    /** A connection that can be. */
    public Lane {
      Invariant.check(1 < count && count <= MAX, "connections", count);
      Invariant.check(0 <= index && index < count, "connection", index, count);
    }
  }

  /**
   * A daemon.
   *
   * @param clusterId its cluster; all zeros for one that has not joined any
   * @param nodeId its node, the same over restarts
   * @param name of the node, 1 to {@value Wire#MAX_NAME_BYTES} bytes
   * @param incarnation this start of it
   */
  public record Sender(UUID clusterId, UUID nodeId, String name, UUID incarnation) {

    /** A sender with a name that can be. */
    public Sender {
      int bytes = Wire.utf8Bytes(name);
      Invariant.check(0 < bytes && bytes <= Wire.MAX_NAME_BYTES, "node name", bytes);
    }
  }

  /** A hello that lists plain bytes whatever else it lists. */
  public Hello {
    Set<Codec> all = EnumSet.noneOf(Codec.class);
    all.add(Codec.PLAIN);
    all.addAll(codecs);
    codecs = all;
  }

  /** The codecs that both ends read. */
  public Set<Codec> commonCodecs(Hello other) {
    Set<Codec> common = EnumSet.noneOf(Codec.class);
    common.addAll(codecs);
    common.retainAll(other.codecs);
    return common;
  }
}
