package io.tharsis.server.node;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this host is called. */
public final class HostName {

  private HostName() {}

  /** The whole name; may ask a name server, and so block. */
  public static String whole() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }

  /** The name up to its first dot; may block. */
  public static String first() {
    return whole().split("\\.", 2)[0];
  }
}
