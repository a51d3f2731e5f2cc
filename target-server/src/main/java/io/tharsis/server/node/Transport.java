package io.tharsis.server.node;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How event loops wait for sockets, best first. Only {@link #IO_URING} can do files as well. */
public enum Transport {
  IO_URING,
  EPOLL,
  NIO;

  /** As an option and in metrics: {@code io_uring}, {@code epoll} or {@code nio}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Why this host cannot use it; empty if it can. */
  public Optional<String> unavailability() {
    return switch (this) {
      case IO_URING -> reason(IoUring.isAvailable(), IoUring.unavailabilityCause());
      case EPOLL -> reason(Epoll.isAvailable(), Epoll.unavailabilityCause());
      case NIO -> Optional.empty();
    };
  }

  private static Optional<String> reason(boolean available, Throwable cause) {
    return available ? Optional.empty() : Optional.of(rootOf(cause).toString());
  }

  private static Throwable rootOf(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** The best one that this host can use. */
  public static Transport best() {
    return Arrays.stream(values())
        .filter(transport -> transport.unavailability().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /** What makes an event loop wait this way. */
  public IoHandlerFactory ioHandlers() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /** The connecting socket that goes with these event loops. */
  public Class<? extends SocketChannel> channel() {
    return switch (this) {
      case IO_URING -> IoUringSocketChannel.class;
      case EPOLL -> EpollSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  /** The listening socket that goes with these event loops. */
  public Class<? extends ServerSocketChannel> serverChannel() {
    return switch (this) {
      case IO_URING -> IoUringServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }
}
