package io.tharsis.server.cluster;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslProvider;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkIdentity;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.netty.NettyNetwork;
import io.tharsis.replication.netty.SocketOptions;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.server.config.NodeSettings;
import io.tharsis.server.loop.LoopOwner;
import io.tharsis.server.node.Transport;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * How this host reaches other nodes: TCP and TLS on the node's loops.
 *
 * @param home where links begin; its loop computes handshakes
 * @param transport how the loops wait
 * @param dscp marks of what is sent
 * @param blocking for names, which take long to resolve
 */
record PeerNetwork(LinkHome home, Transport transport, NodeSettings.Dscp dscp, Executor blocking) {

  private static final System.Logger LOG = System.getLogger("io.tharsis.server.cluster");

  /**
   * Links of somebody.
   *
   * @param sender who it is
   * @param security how it proves that, and whom it trusts
   */
  NodeLinks links(Hello.Sender sender, LinkSecurity security) {
    NettyNetwork network =
        new NettyNetwork(
            new NettyNetwork.Ground(home, PeerNetwork::loopOf, blocking), security, options());
    return new NodeLinks(
        LinkIdentity.of(sender),
        new NodeLinks.Environment(network, home, LinkLimits.STANDARD, PeerNetwork::cloneMet));
  }

  private SocketOptions options() {
    LinkLimits.Counts counts = LinkLimits.STANDARD.counts();
    return new SocketOptions(
        transport.channel(),
        transport.serverChannel(),
        SslProvider.JDK,
        Map.of(
            LinkClass.CONTROL,
            dscp.control(),
            LinkClass.LOG,
            dscp.log(),
            LinkClass.SYNC,
            dscp.sync()),
        counts.links() + counts.strangers());
  }

  private static EventLoop loopOf(Owner owner) {
    if (owner instanceof LoopOwner loop) {
      return loop.loop();
    }
    throw new IllegalArgumentException("an owner that is no loop");
  }

  private static void cloneMet(Hello.Sender met, UUID livingIncarnation, String words) {
    LOG.log(System.Logger.Level.ERROR, "ALARM: cloned-node: {0}", words);
  }
}
