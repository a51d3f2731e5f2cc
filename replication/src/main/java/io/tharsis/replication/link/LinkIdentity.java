package io.tharsis.replication.link;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.Versions;
import java.util.EnumSet;
import java.util.Set;

/**
 * How this node introduces itself.
 *
 * @param sender who it is
 * @param versions the protocol versions it speaks
 * @param codecs how bulk bytes may be compressed towards it
 */
public record LinkIdentity(Hello.Sender sender, Versions versions, Set<Codec> codecs) {

  /** A node that speaks all that this program does. */
  public static LinkIdentity of(Hello.Sender sender) {
    return new LinkIdentity(sender, Versions.SUPPORTED, EnumSet.allOf(Codec.class));
  }

  Hello hello(Hello.Purpose purpose) {
    return new Hello(purpose, sender, versions, codecs);
  }
}
