package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The move of a channel from the portal's loop to the target's, on each of Netty's transports. */
class TransportTest {

  enum Kind {
    NIO,
    EPOLL,
    IO_URING;

    boolean isAvailable() {
      return switch (this) {
        case NIO -> true;
        case EPOLL -> Epoll.isAvailable();
        case IO_URING -> IoUring.isAvailable();
      };
    }

    IoHandlerFactory factory() {
      return switch (this) {
        case NIO -> NioIoHandler.newFactory();
        case EPOLL -> EpollIoHandler.newFactory();
        case IO_URING -> IoUringIoHandler.newFactory();
      };
    }

    Class<? extends ServerChannel> channel() {
      return switch (this) {
        case NIO -> NioServerSocketChannel.class;
        case EPOLL -> EpollServerSocketChannel.class;
        case IO_URING -> IoUringServerSocketChannel.class;
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void sessionsWorkOnWhicheverLoopTheyCameIn(Kind kind) throws Exception {
    assumeTrue(kind.isAvailable());
    var group = new MultiThreadIoEventLoopGroup(3, kind.factory());
    PortalFixture fixture =
        new PortalFixture(IscsiLimits.defaults(), new IscsiPortal.Transport(group, kind.channel()));
    try {
      for (int i = 0; i < 12; i++) {
        try (RawInitiator initiator = fixture.loggedIn()) {
          byte[] data = new byte[2048];
          Arrays.fill(data, (byte) i);
          initiator.send(initiator.write(i * 4, 4).data(data));
          assertThat(initiator.receive().byteAt(3)).isZero();
          initiator.send(initiator.read(i * 4, 4));
          assertThat(initiator.receive().data).isEqualTo(data);
          initiator.send(initiator.logout());
          assertThat(initiator.receive().opcode()).isEqualTo(0x26);
          assertThat(initiator.isClosedByTarget()).isTrue();
        }
      }
    } finally {
      fixture.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aCommandRightBehindTheLastLoginRequestIsNotLost(Kind kind) throws Exception {
    assumeTrue(kind.isAvailable());
    var group = new MultiThreadIoEventLoopGroup(3, kind.factory());
    PortalFixture fixture =
        new PortalFixture(IscsiLimits.defaults(), new IscsiPortal.Transport(group, kind.channel()));
    try {
      for (int i = 0; i < 6; i++) {
        try (RawInitiator initiator = fixture.connect()) {
          byte[] login =
              initiator
                  .loginRequest(
                      0x87,
                      "InitiatorName=" + RawInitiator.NAME,
                      "TargetName=" + RawInitiator.TARGET)
                  .bytes();
          byte[] command = initiator.testUnitReady().bytes();
          byte[] both = Arrays.copyOf(login, login.length + command.length);
          System.arraycopy(command, 0, both, login.length, command.length);
          initiator.sendBytes(both);
          assertThat(initiator.receive().at(36)).isZero();
          assertThat(initiator.receive().byteAt(3)).isZero();
        }
      }
    } finally {
      fixture.close();
    }
  }
}
