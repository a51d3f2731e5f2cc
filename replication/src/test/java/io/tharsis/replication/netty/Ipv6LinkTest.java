package io.tharsis.replication.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tharsis.replication.link.LinkContract;
import io.tharsis.replication.link.LinkWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** The same over IPv6. */
class Ipv6LinkTest extends LinkContract {

  @Override
  protected LinkWorld newWorld() throws IOException {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    InetAddress address = InetAddress.getByAddress(loopback);
    assumeTrue(NetworkInterface.getByInetAddress(address) != null, "this host has no IPv6");
    return NioLinkTest.world(address);
  }
}
