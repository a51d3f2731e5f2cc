package io.tharsis.server.iscsi;

import io.tharsis.server.scsi.Nexus;
import java.util.ArrayList;
import java.util.List;

/**
 * A normal session and its I_T nexus, from the end of login until no task of it can have an effect
 * any more. Confined to the target's loop.
 */
final class Session {

  private sealed interface State {
    record Active() implements State {}

    record Ending(List<Runnable> observers) implements State {}

    record Ended() implements State {}
  }

  private final IscsiTarget target;
  private final Nexus nexus;
  private final String port;
  private final int tsih;
  private final IscsiConnection connection;
  private State state = new State.Active();

  Session(IscsiTarget target, String port, int tsih, IscsiConnection connection) {
    this.target = target;
    this.nexus = target.device().establish(port);
    this.port = port;
    this.tsih = tsih;
    this.connection = connection;
    target.sessions().add(this);
  }

  IscsiTarget target() {
    return target;
  }

  Nexus nexus() {
    return nexus;
  }

  /** Name of the initiator port. */
  String port() {
    return port;
  }

  int tsih() {
    return tsih;
  }

  /** The nexus is lost; {@code done} runs when none of its tasks can have an effect any more. */
  void end(Runnable done) {
    switch (state) {
      case State.Active() -> {
        List<Runnable> observers = new ArrayList<>();
        observers.add(done);
        state = new State.Ending(observers);
        target.device().lose(nexus, this::ended);
      }
      case State.Ending(List<Runnable> observers) -> observers.add(done);
      case State.Ended() -> done.run();
    }
  }

  /** Lets its connection begin nothing any more, and end when what was begun is answered. */
  void drain() {
    connection.drain();
  }

  /** Ends the session and closes its connection. */
  void drop(String why, Runnable done) {
    end(done);
    connection.close(why);
  }

  private void ended() {
    if (state instanceof State.Ending(List<Runnable> observers)) {
      state = new State.Ended();
      target.sessions().remove(this);
      observers.forEach(Runnable::run);
    }
  }
}
