package io.tharsis.replication.control;

import io.tharsis.replication.control.view.ClusterView;
import java.util.ArrayList;
import java.util.List;

/** A node that keeps what it was asked, and answers what it was told to answer. */
public final class FakeNode implements NodeControl {

  /** What comes of a call. */
  @FunctionalInterface
  public interface Answer<T> {
    /** Answers, or refuses. */
    T get() throws RefusedException;
  }

  private final List<Request> requests = new ArrayList<>();
  private Answer<Outcome> outcome = () -> new Outcome.Done(true, List.of("it was done"));
  private Answer<ClusterView> view = Samples::view;

  /** Answers outside the lock: an answer may wait, and others must not. */
  @Override
  public Outcome execute(Request request) throws RefusedException {
    return next(request).get();
  }

  private synchronized Answer<Outcome> next(Request request) {
    requests.add(request);
    return outcome;
  }

  @Override
  public ClusterView view() throws RefusedException {
    return sight().get();
  }

  private synchronized Answer<ClusterView> sight() {
    return view;
  }

  /** What verbs are answered with from now on. */
  public synchronized void answers(Answer<Outcome> changed) {
    outcome = changed;
  }

  /** What can be seen from now on. */
  public synchronized void shows(Answer<ClusterView> changed) {
    view = changed;
  }

  /** Everything that was asked, in order. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The one command that was asked. */
  public Command asked() {
    List<Request> all = requests();
    if (all.size() != 1) {
      throw new AssertionError("asked " + all);
    }
    return all.getFirst().command();
  }
}
