package io.tharsis.replication.netty;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslProvider;
import io.tharsis.logfiles.seam.Invariant;
import io.tharsis.replication.wire.LinkClass;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How sockets are made.
 *
 * @param channel for connecting, fits the loops
 * @param serverChannel for accepting, fits the loops
 * @param tls who does TLS
 * @param dscp the differentiated services code point of each class, RFC 2474; 0 for those that are
 *     missing
 * @param mostConnections accepted ones at a time; beyond, they are closed at once
 */
public record SocketOptions(
    Class<? extends Channel> channel,
    Class<? extends ServerChannel> serverChannel,
    SslProvider tls,
    Map<LinkClass, Integer> dscp,
    int mostConnections) {

  /** Code points that can be. */
  public SocketOptions {
    Map<LinkClass, Integer> checked = new EnumMap<>(LinkClass.class);
    checked.putAll(dscp);
    checked
        .values()
        .forEach(point -> Invariant.check(0 <= point && point < 64, "code point", point));
    dscp = Collections.unmodifiableMap(checked);
    Invariant.check(mostConnections > 0, "connections", mostConnections);
  }
}
