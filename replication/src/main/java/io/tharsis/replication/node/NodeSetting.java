package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.replication.directory.NodeDocument;
import io.tharsis.replication.directory.Self;
import io.tharsis.replication.link.RateSchedule;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * How a node of a cluster is to be.
 *
 * @param self its id, and this start of it
 * @param cluster id of the cluster
 * @param name what people call it
 * @param addresses where it can be reached, as others are told
 * @param listen where it accepts links
 * @param seeds where other nodes may be found before the directory knows; may be unresolved
 * @param log limits of each resource's log
 * @param nodeLogBytes what all logs together may take; {@link Long#MAX_VALUE} for no limit
 * @param codec how bulk towards others is compressed
 * @param bandwidth what is sent to all others together at the most
 * @param silence after which a node that was not heard of counts as silent
 * @param program version of the program, for people
 */
public record NodeSetting(
    Self self,
    UUID cluster,
    String name,
    List<NodeDocument.Address> addresses,
    InetSocketAddress listen,
    List<InetSocketAddress> seeds,
    LogLimits log,
    long nodeLogBytes,
    Codec codec,
    RateSchedule bandwidth,
    Duration silence,
    String program) {

  /** Lists that nobody changes. */
  public NodeSetting {
    addresses = List.copyOf(addresses);
    seeds = List.copyOf(seeds);
  }
}
