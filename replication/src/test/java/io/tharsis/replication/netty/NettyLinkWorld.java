package io.tharsis.replication.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.LinkLimits;
import io.tharsis.replication.link.LinkNode;
import io.tharsis.replication.link.LinkSecurity;
import io.tharsis.replication.link.LinkWorld;
import io.tharsis.replication.link.NodeLinks;
import io.tharsis.replication.wire.LinkClass;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Loopback as a world for the contract suite: TCP and TLS 1.3 between nodes of which each has a
 * loop for its door and another for its users, so that every link moves.
 */
final class NettyLinkWorld implements LinkWorld {

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /**
   * Loops that end with the process: Netty 4.2.18 frees memory that the kernel still writes when a
   * loop of io_uring ends that had connections, and some ends in a thousand abort the process.
   */
  private static final Map<Class<? extends Channel>, EventLoopGroup> LOOPS =
      new ConcurrentHashMap<>();

  private final Sockets sockets;
  private final EventLoopGroup group;
  private final MultiThreadIoEventLoopGroup relays =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final TestAuthority authority = new TestAuthority();
  private final List<Throwable> bugs = new CopyOnWriteArrayList<>();
  private final Map<LinkNode, CutLine> lines = new LinkedHashMap<>();
  private final Object change = new Object();

  /** Which sockets. */
  record Sockets(
      IoHandlerFactory handlers,
      Class<? extends Channel> channel,
      Class<? extends ServerChannel> serverChannel,
      InetAddress address) {}

  NettyLinkWorld(Sockets sockets) {
    this.sockets = sockets;
    this.group =
        LOOPS.computeIfAbsent(
            sockets.channel(),
            _ ->
                new MultiThreadIoEventLoopGroup(
                    3, new DefaultThreadFactory("links", true), sockets.handlers()));
  }

  TestAuthority authority() {
    return authority;
  }

  EventLoop loop() {
    return group.next();
  }

  @Override
  public LinkLimits limits() {
    return new LinkLimits(
        new LinkLimits.Times(
            Duration.ofSeconds(8),
            Duration.ofMillis(250),
            Duration.ofMillis(1500),
            Duration.ofMillis(700),
            Duration.ofSeconds(3)),
        new LinkLimits.Memory(4 << 20, 16 << 20),
        new LinkLimits.Counts(16, 8, 64));
  }

  SocketOptions options() {
    return new SocketOptions(
        sockets.channel(),
        sockets.serverChannel(),
        SslProvider.JDK,
        Map.of(LinkClass.CONTROL, 48, LinkClass.LOG, 10),
        64);
  }

  @Override
  public LinkNode start(LinkNode.Spec spec) throws IOException {
    return start(spec, authority);
  }

  LinkNode start(LinkNode.Spec spec, TestAuthority signer) throws IOException {
    return start(spec, signer.security(spec.certificate()));
  }

  LinkNode start(LinkNode.Spec spec, LinkSecurity security) throws IOException {
    LinkHome door = new TestLoop(group.next(), bugs::add).home();
    LinkHome users = new TestLoop(group.next(), bugs::add).home();
    NettyNetwork network =
        new NettyNetwork(
            new NettyNetwork.Ground(door, NettyLinkWorld::loopOf, blocking), security, options());
    LinkNode node =
        new LinkNode(
            this,
            spec,
            users,
            new NodeLinks.Environment(network, door, spec.limits(), (_, _, _) -> {}));
    InetSocketAddress bound =
        await(
            node,
            () ->
                node.links()
                    .listen(new InetSocketAddress(sockets.address(), 0), node.home(), node));
    CutLine line = new CutLine(relays, bound);
    lines.put(node, line);
    node.listensAt(line.address());
    return node;
  }

  private static EventLoop loopOf(Owner owner) {
    return ((TestLoop) owner).loop();
  }

  @Override
  public void cut(LinkNode node) {
    lines.get(node).cut();
  }

  @Override
  public void kill(LinkNode node) {
    lines.get(node).close();
  }

  @Override
  public void until(BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    synchronized (change) {
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime()).as("waiting").isLessThan(end);
        assertThat(bugs).isEmpty();
        try {
          change.wait(20);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Override
  public void passIdleTimes(int count) {
    long end = System.nanoTime() + limits().times().idle().multipliedBy(count).toNanos();
    until(() -> System.nanoTime() >= end);
  }

  @Override
  public void changed() {
    synchronized (change) {
      change.notifyAll();
    }
  }

  @Override
  public <T> T on(LinkNode node, Callable<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    node.home()
        .owner()
        .execute(() -> {
          try {
            result.complete(action.call());
          } catch (Exception | Error e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return get(result);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public <T> T await(LinkNode node, Supplier<Async<T>> operation) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    node.home()
        .owner()
        .execute(() -> operation.get().observe(result::complete, result::completeExceptionally));
    return get(result);
  }

  private <T> T get(CompletableFuture<T> result) throws IOException {
    try {
      return result.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException world) {
        throw world;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no end in sight " + bugs, e);
    }
  }

  @Override
  public void close() {
    lines.keySet().forEach(node -> node.links().close("the test is over"));
    lines.values().forEach(CutLine::close);
    relays.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    blocking.shutdown();
    group.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly(10_000));
    assertThat(bugs).isEmpty();
  }
}
