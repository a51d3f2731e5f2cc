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
   */
  public record Purpose(LinkClass linkClass, Optional<UUID> resource) {

    /** A purpose that can be. */
    public Purpose {
      Invariant.check(
          linkClass.ofResource() == resource.isPresent(), "resource of a link", linkClass);
    }

    /** A link that is about no resource. */
    public static Purpose of(LinkClass linkClass) {
      return new Purpose(linkClass, Optional.empty());
    }

    /** A link about a resource. */
    public static Purpose of(LinkClass linkClass, UUID resource) {
      return new Purpose(linkClass, Optional.of(resource));
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
