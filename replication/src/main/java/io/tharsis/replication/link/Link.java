package io.tharsis.replication.link;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.Message;
import java.util.Optional;
import java.util.Set;

/**
 * A connection to a node that has said who it is and has been accepted. Messages arrive in the
 * order in which they were sent, each once, until the link ends; then an unknown number of the last
 * ones is lost. Lives on one owner, and is called there only.
 */
public interface Link {

  /** What the other end said about itself. */
  Hello.Sender peer();

  /** What the link is for. */
  Hello.Purpose purpose();

  /** What the certificates of both ends say; empty on a link of who has none yet. */
  Optional<Certified> certified();

  /** How bulk bytes may be compressed towards the other end; always has plain. */
  Set<Codec> codecs();

  /**
   * Sends a message. Never refuses: a caller that goes on when there is no room ends the link once
   * {@link LinkLimits.Memory#mostBytes} wait. On a link that has ended it does nothing.
   *
   * @param message of the link's class; buffers in it are the caller's again afterwards
   */
  void send(Message message);

  /** Whether bulk should be sent now. If not, {@link LinkHandler#roomAgain} will be called. */
  boolean hasRoom();

  /** Bytes that wait to be sent. */
  long unsentBytes();

  /** What went over it so far. */
  LinkTraffic traffic();

  /**
   * Ends the link: what was sent still goes out, if it does soon; nothing is received any more. The
   * other end is told why. Idempotent.
   */
  void close(String why);
}
