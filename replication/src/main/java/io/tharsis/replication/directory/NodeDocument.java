package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.List;
import java.util.UUID;

/**
 * What a node says of itself.
 *
 * @param name how people call it
 * @param incarnation this start of its daemon
 * @param addresses where it can be reached, at most {@link #MAX_ADDRESSES}
 * @param versions what it runs and speaks
 * @param extras what only a newer program knows
 */
public record NodeDocument(
    String name, UUID incarnation, List<Address> addresses, Versions versions, List<Extra> extras)
    implements Content {

  /** Most addresses of a node. */
  public static final int MAX_ADDRESSES = 16;

  /** What an address is for. */
  public enum Purpose {
    /** Other nodes. */
    PEERS(1),
    /** Initiators. */
    ISCSI(2),
    /** The admin API, where it is not only local. */
    ADMIN(3);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * Where a node can be reached.
   *
   * @param purpose what for
   * @param host a name or a literal address
   * @param port TCP port
   */
  public record Address(Purpose purpose, String host, int port) {
    /** An address that can be. */
    public Address {
      Texts.check(host, 255, "host");
      Invariant.check(0 < port && port <= 0xFFFF, "port", port);
    }
  }

  /**
   * What a node runs and speaks.
   *
   * @param program version of the program, for people
   * @param oldestProtocol oldest protocol version between peers
   * @param newestProtocol newest one
   */
  public record Versions(String program, int oldestProtocol, int newestProtocol) {
    /** Versions that can be. */
    public Versions {
      Texts.check(program, MAX_NAME_BYTES, "program version");
      Invariant.check(
          0 <= oldestProtocol && oldestProtocol <= newestProtocol && newestProtocol <= 0xFFFF,
          "protocol versions",
          oldestProtocol,
          newestProtocol);
    }
  }

  /** A node with a name. */
  public NodeDocument {
    Texts.checkName(name);
    addresses = List.copyOf(addresses);
    Texts.checkCount(addresses.size(), MAX_ADDRESSES, "addresses");
    extras = Extra.checked(extras);
  }
}
