package io.tharsis.it.cluster;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/** A node that is the first process of a container, from one start of the container to its end. */
final class ContainerNode extends RunningNode {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(90);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

  private final String container;
  private final Path diagnostics;

  private ContainerNode(Path data, String container) {
    super(data);
    this.container = container;
    this.diagnostics = diagnostics(data);
  }

  /**
   * Listens to a container that is started next.
   *
   * @param container its id
   */
  static ContainerNode attach(Path data, String container) {
    ContainerNode node = new ContainerNode(data, container);
    ResultCallback.Adapter<Frame> words =
        docker()
            .attachContainerCmd(container)
            .withStdOut(true)
            .withStdErr(true)
            .withFollowStream(true)
            .exec(node.new Words());
    try {
      words.awaitStarted(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new UncheckedIOException(interrupted(e));
    }
    return node;
  }

  private static DockerClient docker() {
    return DockerClientFactory.lazyClient();
  }

  @Override
  void freeze() {
    docker().pauseContainerCmd(container).exec();
  }

  @Override
  void thaw() {
    docker().unpauseContainerCmd(container).exec();
  }

  @Override
  void kill() {
    if (isRunning()) {
      docker().killContainerCmd(container).exec();
      int _ = awaitExit(KILL_LIMIT);
    }
  }

  private boolean isRunning() {
    return Boolean.TRUE.equals(
        docker().inspectContainerCmd(container).exec().getState().getRunning());
  }

  @Override
  int stop() {
    docker().killContainerCmd(container).withSignal("TERM").exec();
    return awaitExit(STOP_LIMIT);
  }

  private int awaitExit(Duration limit) {
    return docker()
        .waitContainerCmd(container)
        .exec(new WaitContainerResultCallback())
        .awaitStatusCode(limit.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    kill();
  }

  /** What it says, in pieces that are not lines. */
  private final class Words extends ResultCallback.Adapter<Frame> {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void onNext(Frame frame) {
      if (frame.getStreamType() == StreamType.STDERR) {
        keep(frame.getPayload());
        return;
      }
      for (byte each : frame.getPayload()) {
        if (each == '\n') {
          heard(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else {
          line.write(each);
        }
      }
    }

    private void keep(byte[] words) {
      try {
        Files.write(diagnostics, words, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onComplete() {
      super.onComplete();
      ended();
    }

    @Override
    public void onError(Throwable failure) {
      super.onError(failure);
      ended();
    }
  }
}
