package io.tharsis.replication.link;

import io.tharsis.replication.wire.LinkClass;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connection that carries bytes, in order and unchanged, until it ends. It begins on the door's
 * owner and moves once. Called on the owner where it is.
 */
public interface Pipe {

  /** Who is told what happens to a pipe. */
  interface Sink {

    /** After {@link Pipe#moveTo}: the pipe is on its new owner, which is the caller's. */
    void arrived();

    /** Bytes came. The buffer is the pipe's and only valid now; all of it is to be consumed. */
    void bytes(ByteBuffer chunk);

    /** {@link Pipe#unsentBytes} has become less. */
    void sent();

    /** The pipe has ended, and not because of a call to it. The last call. */
    void ended(PipeEnd end);
  }

  /**
   * Why a pipe ended.
   *
   * @param event {@link LinkEvent#BROKEN}, {@link LinkEvent#NOT_TLS}, {@link LinkEvent#UNTRUSTED}
   *     or {@link LinkEvent#BUG}
   * @param words for people
   */
  record PipeEnd(LinkEvent event, String words) {}

  /** The other end's address. */
  InetSocketAddress remote();

  /** What the other end has shown; to be asked when bytes have come. */
  Shown shown();

  /** Begins to deliver. */
  void start(Sink sink);

  /** Delivers nothing for now; what came is kept or left to the network. */
  void pause();

  /** What the pipe is used for from now on. */
  void use(LinkClass linkClass);

  /** Goes to another owner, or stays; delivers to {@code sink} from then on. */
  void moveTo(LinkHome home, Sink sink);

  /** Sends bytes. The buffer is not to be changed any more. */
  void write(ByteBuffer bytes);

  /** Bytes that were written and have not left. */
  long unsentBytes();

  /** Ends when what was written has left, or soon. No more calls to the sink. */
  void closeWhenSent();

  /** Ends now. No more calls to the sink. */
  void abort();
}
