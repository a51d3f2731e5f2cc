package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.format.Codec;
import io.tharsis.replication.link.Destination;
import io.tharsis.replication.link.Link;
import io.tharsis.replication.link.LinkEnd;
import io.tharsis.replication.link.LinkEvent;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.RecordingHandler;
import io.tharsis.replication.wire.ControlMessage.Ping;
import io.tharsis.replication.wire.Frame;
import io.tharsis.replication.wire.FrameReader;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.LinkClass;
import io.tharsis.replication.wire.LinkMessage;
import io.tharsis.replication.wire.LogMessage;
import io.tharsis.replication.wire.Message;
import io.tharsis.replication.wire.RefusalCode;
import io.tharsis.replication.wire.Versions;
import io.tharsis.replication.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Strangers and peers that do not keep to the protocol: each is counted and got rid of, and a sound
 * link beside them never notices.
 */
class HostileTest {

  private static final UUID STRANGER = new UUID(0xAB, 66);

  private NettyLinkWorld world;
  private LinkNode node;
  private LinkNode friend;
  private RecordingHandler friendly;
  private Link link;
  private int pings;

  @BeforeEach
  void open() throws IOException {
    world = NioLinkTest.world(InetAddress.getLoopbackAddress());
    LinkLimits usual = world.limits();
    LinkLimits.Times times = usual.times();
    LinkLimits quick =
        new LinkLimits(
            new LinkLimits.Times(
                Duration.ofMillis(900), times.idle(), times.dead(), times.probe(), times.join()),
            usual.memory(),
            usual.counts());
    friend = world.start(LinkNode.Spec.of("friend", 1, usual));
    node = world.start(LinkNode.Spec.of("node", 2, quick));
    friendly = new RecordingHandler(world::changed, (_, _) -> {});
    Destination to =
        new Destination(node.address(), Hello.Purpose.of(LinkClass.CONTROL), Optional.empty());
    link = world.await(friend, () -> friend.links().connect(to, friend.home(), friendly));
    world.until(() -> !node.accepted().isEmpty());
  }

  @AfterEach
  void nobodyElseNoticed() {
    theFriendIsServed();
    assertThat(friendly.end()).isEmpty();
    assertThat(node.count(LinkEvent.BUG)).isZero();
    world.close();
  }

  private Socket plain() throws IOException {
    return new Socket(node.address().getAddress(), node.address().getPort());
  }

  private SSLSocket tls(TestAuthority authority, Optional<UUID> certificate) {
    LinkSecurity security = authority.security(certificate);
    LinkSecurity.Side side = security.connecting(LinkClass.CONTROL);
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          side.keys().map(keys -> new KeyManager[] {keys}).orElse(new KeyManager[0]),
          new TrustManager[] {side.trust()},
          null);
      SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(node.address().getAddress(), node.address().getPort());
      socket.setSoTimeout(10_000);
      return socket;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Hello hello(UUID nodeId) {
    return new Hello(
        Hello.Purpose.of(LinkClass.CONTROL),
        new Hello.Sender(LinkNode.CLUSTER, nodeId, "stranger", new UUID(1, 1)),
        Versions.SUPPORTED,
        EnumSet.noneOf(Codec.class));
  }

  private static byte[] bytes(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static byte[] bytes(Message message) {
    return bytes(Frame.encode(message, 1));
  }

  /** What comes until the last word, or the end. */
  private static List<Message> answers(Socket socket) throws IOException {
    FrameReader reader = new FrameReader(Wire.MAX_BODY_BYTES);
    List<Message> messages = new ArrayList<>();
    byte[] buffer = new byte[4096];
    int length = read(socket, buffer);
    while (length > 0) {
      ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, length);
      Optional<ByteBuffer> frame = reader.next(chunk);
      while (frame.isPresent()) {
        messages.add(Frame.decode(frame.get(), 1));
        frame = reader.next(chunk);
      }
      length = isLastWord(messages) ? 0 : read(socket, buffer);
    }
    return messages;
  }

  private static boolean isLastWord(List<Message> messages) {
    return !messages.isEmpty()
        && (messages.getLast() instanceof LinkMessage.Bye
            || messages.getLast() instanceof LinkMessage.Refused);
  }

  private static int read(Socket socket, byte[] buffer) {
    try {
      return socket.getInputStream().read(buffer);
    } catch (IOException reset) {
      return -1;
    }
  }

  private void awaitCount(LinkEvent event, long count) {
    world.until(() -> node.count(event) >= count);
    assertThat(node.count(event)).isEqualTo(count);
  }

  // ---- strangers ----

  @Test
  void somebodyWhoSpeaksHttp() throws IOException {
    try (Socket socket = plain()) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(read(socket, new byte[10_000])).isLessThan(100);
      awaitCount(LinkEvent.NOT_TLS, 1);
    }
  }

  @Test
  void noise() throws IOException {
    Random random = new Random(5);
    for (int i = 1; i <= 10; i++) {
      try (Socket socket = plain()) {
        byte[] bytes = new byte[1 + random.nextInt(5000)];
        random.nextBytes(bytes);
        bytes[0] = 0; // not by chance the beginning of a handshake
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        assertThat(read(socket, new byte[10_000])).isLessThan(100);
      } catch (IOException reset) {
        assertThat(reset).isNotNull();
      }
      int done = i;
      world.until(
          () -> node.count(LinkEvent.NOT_TLS) + node.count(LinkEvent.GREETING_BROKEN) == done);
    }
  }

  @Test
  void somebodyWhoSaysNothing() throws IOException {
    try (Socket socket = plain()) {
      assertThat(read(socket, new byte[1])).isNegative();
      awaitCount(LinkEvent.GREETING_LATE, 1);
    }
  }

  @Test
  void somebodyWhoTakesForEverToSayHello() throws IOException {
    try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
      byte[] hello = bytes(hello(STRANGER));
      int[] sent = {0};
      world.until(() -> {
        try {
          // one byte each time the world looks, but never the last one
          int at = Math.min(sent[0]++, hello.length - 2);
          socket.getOutputStream().write(hello, at, at == sent[0] - 1 ? 1 : 0);
        } catch (IOException closed) {
          return true;
        }
        return node.count(LinkEvent.GREETING_LATE) == 1;
      });
      awaitCount(LinkEvent.GREETING_LATE, 1);
    }
  }

  @Test
  void somebodyWithoutACertificate() throws IOException {
    try (SSLSocket socket = tls(world.authority(), Optional.empty())) {
      socket.getOutputStream().write(bytes(hello(STRANGER)));
      assertThat(answers(socket))
          .singleElement()
          .isInstanceOfSatisfying(
              LinkMessage.Refused.class,
              refused -> assertThat(refused.code()).isEqualTo(RefusalCode.NO_CERTIFICATE));
      awaitCount(LinkEvent.REFUSED_HERE, 1);
    }
  }

  @Test
  void aForeignAndARevokedCertificate() throws IOException {
    world.authority().revoke(STRANGER);
    try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
      assertThat(write(socket, bytes(hello(STRANGER)))).isEmpty();
      awaitCount(LinkEvent.UNTRUSTED, 1);
    }
    LinkNode foreign =
        world.start(LinkNode.Spec.of("foreign", 3, world.limits()), new TestAuthority());
    Destination to =
        new Destination(node.address(), Hello.Purpose.of(LinkClass.CONTROL), Optional.empty());
    RecordingHandler handler = new RecordingHandler(world::changed, (_, _) -> {});
    assertThatThrownBy(
            () -> world.await(foreign, () -> foreign.links().connect(to, foreign.home(), handler)))
        .isInstanceOf(IOException.class);
    world.until(() -> foreign.count(LinkEvent.UNTRUSTED) == 1);
    awaitCount(LinkEvent.UNTRUSTED, 2);
  }

  private static List<Message> write(Socket socket, byte[] bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException reset) {
      return List.of();
    }
    return answers(socket);
  }

  @Test
  void damagedHellos() throws IOException {
    byte[] sound = bytes(hello(STRANGER));
    byte[] wrongCrc = sound.clone();
    wrongCrc[40] ^= 1;
    byte[] tooLong = sound.clone();
    tooLong[6] = 1;
    List<byte[]> damaged =
        List.of(wrongCrc, tooLong, bytes(new Ping(1, 2)), new byte[Wire.MAX_FIRST_BODY_BYTES]);
    for (int i = 0; i < damaged.size(); i++) {
      try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
        assertThat(write(socket, damaged.get(i))).isEmpty();
        awaitCount(LinkEvent.GARBAGE, i + 1);
      }
    }
    try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
      socket.getOutputStream().write(sound, 0, 50);
    }
    awaitCount(LinkEvent.GREETING_BROKEN, 1);
  }

  // ---- peers ----

  @Test
  void aPeerThatBreaksTheProtocol() throws IOException {
    byte[] wrongCrc = bytes(new Ping(1, 2));
    wrongCrc[15] ^= 1;
    byte[] tooLong = bytes(new Ping(1, 2));
    tooLong[7] = 1;
    List<byte[]> violations =
        List.of(wrongCrc, tooLong, bytes(hello(STRANGER)), bytes(new LogMessage.Gone(4)));
    for (int i = 0; i < violations.size(); i++) {
      try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
        socket.getOutputStream().write(bytes(hello(STRANGER)));
        socket.getOutputStream().flush();
        int index = i + 1;
        world.until(
            () -> node.accepted().size() > index && node.accepted().get(index).link().isPresent());
        List<Message> answers = write(socket, violations.get(i));
        assertThat(answers.getFirst()).isInstanceOf(Hello.class);
        assertThat(answers.getLast()).isInstanceOf(LinkMessage.Bye.class);
        awaitCount(LinkEvent.VIOLATION, index);
        world.until(() -> node.accepted().get(index).end().isPresent());
        assertThat(node.accepted().get(index).end().orElseThrow().cause())
            .isEqualTo(LinkEnd.Cause.VIOLATION);
      }
    }
  }

  @Test
  void aPeerThatStopsInTheMiddleOfAFrame() throws IOException {
    try (SSLSocket socket = tls(world.authority(), Optional.of(STRANGER))) {
      socket.getOutputStream().write(bytes(hello(STRANGER)));
      socket.getOutputStream().write(bytes(new Ping(1, 2)), 0, 20);
      socket.getOutputStream().flush();
      world.until(() -> node.accepted().size() > 1 && node.accepted().get(1).end().isPresent());
      assertThat(node.accepted().get(1).end().orElseThrow().cause())
          .isEqualTo(LinkEnd.Cause.SILENT);
    }
  }

  @Test
  void aNodeThatWantsToJoinAndDoesNotLeave() throws IOException {
    try (SSLSocket socket = tls(world.authority(), Optional.empty())) {
      Hello join =
          new Hello(
              Hello.Purpose.of(LinkClass.JOIN),
              hello(STRANGER).sender(),
              Versions.SUPPORTED,
              hello(STRANGER).codecs());
      socket.getOutputStream().write(bytes(join));
      world.until(() -> node.accepted().size() > 1 && node.accepted().get(1).link().isPresent());
      world.until(() -> {
        try {
          socket.getOutputStream().write(bytes(new LinkMessage.Alive(0)));
        } catch (IOException closed) {
          return true;
        }
        return node.accepted().get(1).end().isPresent();
      });
      assertThat(node.accepted().get(1).end().orElseThrow().words()).contains("joining");
    }
  }

  // ---- floods ----

  @Test
  void aFloodOfConnections() throws IOException {
    List<Socket> flood = new ArrayList<>();
    int host = world.limits().counts().strangersPerHost();
    try {
      for (int i = 0; i < 3 * host; i++) {
        flood.add(plain());
      }
      world.until(() -> node.count(LinkEvent.STRANGER_DROPPED) >= 2L * host);
      theFriendIsServed();
      world.until(() -> node.count(LinkEvent.GREETING_LATE) == host);
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
    Destination to =
        new Destination(node.address(), Hello.Purpose.of(LinkClass.CONTROL), Optional.empty());
    RecordingHandler handler = new RecordingHandler(world::changed, (_, _) -> {});
    world.await(friend, () -> friend.links().connect(to, friend.home(), handler));
    assertThat(handler.end()).isEmpty();
  }

  private void theFriendIsServed() {
    int before = pings++;
    world.on(
        friend,
        () -> {
          link.send(new Ping(before, 0));
          return true;
        });
    world.until(() -> node.accepted().getFirst().received().size() == pings);
  }
}
