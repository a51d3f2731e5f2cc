package io.tharsis.logfiles.seam;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The outcome, now or later, of one operation: a value or an {@link IOException}. Belongs to one
 * owner: it is completed and observed there only. Observers run in the order in which they were
 * added. For control flow (opening, recovery, rotation); the data path uses {@link Completion}.
 *
 * @param <T> the value; never null, except in an {@code Async<Void>}
 */
public final class Async<T> {

  private sealed interface State<T> {}

  private record Pending<T>(List<Consumer<Async<T>>> observers) implements State<T> {}

  private record Succeeded<T>(Optional<T> value) implements State<T> {}

  private record Failed<T>(IOException cause) implements State<T> {}

  private State<T> state = new Pending<>(new ArrayList<>(1));

  /** An operation that has not ended yet; end it with {@link #succeed} or {@link #fail}. */
  public Async() {}

  /** An operation that has already succeeded. */
  public static <T> Async<T> of(T value) {
    Async<T> async = new Async<>();
    async.succeed(value);
    return async;
  }

  /** An operation without a value that has already succeeded. */
  public static Async<Void> done() {
    Async<Void> async = new Async<>();
    async.succeed(null);
    return async;
  }

  /** An operation that has already failed. */
  public static <T> Async<T> failed(IOException cause) {
    Async<T> async = new Async<>();
    async.fail(cause);
    return async;
  }

  /** Fails when {@code undoing} has ended; that it failed too is only told with {@code cause}. */
  public static <T> Async<T> failedAfter(Async<Void> undoing, IOException cause) {
    return undoing
        .orElse(failed -> {
          cause.addSuppressed(failed);
          return done();
        })
        .then(done -> failed(cause));
  }

  /** Starts an operation that reports to a {@link Completion}. */
  public static Async<Void> start(Consumer<Completion> operation) {
    Async<Void> async = new Async<>();
    operation.accept(Completion.of(() -> async.succeed(null), async::fail));
    return async;
  }

  /**
   * Repeats {@code step} until it yields a value. A step that has ended at once is repeated in a
   * loop, so any number of them needs no stack.
   */
  public static <T> Async<T> repeat(Supplier<Async<Optional<T>>> step) {
    Async<T> result = new Async<>();
    repeatInto(step, result);
    return result;
  }

  private static <T> void repeatInto(Supplier<Async<Optional<T>>> step, Async<T> result) {
    while (true) {
      Async<Optional<T>> attempt = step.get();
      if (attempt.state instanceof Pending<Optional<T>>) {
        attempt.observe(
            value -> value.ifPresentOrElse(result::succeed, () -> repeatInto(step, result)),
            result::fail);
        return;
      }
      if (attempt.state instanceof Failed<Optional<T>>(IOException cause)) {
        result.fail(cause);
        return;
      }
      Optional<T> value = attempt.value();
      if (value.isPresent()) {
        result.succeed(value.get());
        return;
      }
    }
  }

  /** Runs {@code step} for each item, one after the other; stops at the first failure. */
  public static <E> Async<Void> forEach(Iterable<E> items, Function<E, Async<Void>> step) {
    var iterator = items.iterator();
    return repeat(() ->
            iterator.hasNext()
                ? step.apply(iterator.next()).map(done -> Optional.<Boolean>empty())
                : Async.of(Optional.of(true)))
        .map(done -> null);
  }

  /**
   * Runs {@code step} for each item, one after the other, whatever becomes of it; fails at the end
   * with the first failure, the others suppressed in it. For what has to be given back.
   */
  public static <E> Async<Void> each(Iterable<E> items, Function<E, Async<Void>> step) {
    List<IOException> failures = new ArrayList<>(0);
    return forEach(
            items,
            item ->
                step.apply(item)
                    .orElse(cause -> {
                      failures.add(cause);
                      return done();
                    }))
        .then(done -> {
          if (failures.isEmpty()) {
            return done();
          }
          failures.stream().skip(1).forEach(failures.getFirst()::addSuppressed);
          return failed(failures.getFirst());
        });
  }

  /** Ends the operation with a value. */
  public void succeed(T value) {
    end(new Succeeded<>(Optional.ofNullable(value)));
  }

  /** Ends the operation with a failure. */
  public void fail(IOException cause) {
    end(new Failed<>(cause));
  }

  private void end(State<T> ended) {
    if (!(state instanceof Pending<T>(List<Consumer<Async<T>>> observers))) {
      throw new Invariant.Broken("an operation ended twice: " + state + ", " + ended);
    }
    state = ended;
    for (Consumer<Async<T>> observer : observers) {
      observer.accept(this);
    }
  }

  /** Whether it has ended. */
  public boolean isDone() {
    return !(state instanceof Pending<T>);
  }

  /** The value of an operation that has succeeded. */
  public T value() {
    if (state instanceof Succeeded<T>(Optional<T> value)) {
      return value.orElse(null);
    }
    throw new Invariant.Broken("no value: " + state);
  }

  /** The failure of an operation that has failed. */
  public Optional<IOException> failure() {
    return state instanceof Failed<T>(IOException cause) ? Optional.of(cause) : Optional.empty();
  }

  /** Calls one of the two when the operation has ended: now if it has. */
  public void observe(Consumer<? super T> onSuccess, Consumer<IOException> onFailure) {
    Consumer<Async<T>> observer =
        ended -> {
          if (ended.state instanceof Failed<T>(IOException cause)) {
            onFailure.accept(cause);
          } else {
            onSuccess.accept(ended.value());
          }
        };
    if (state instanceof Pending<T>(List<Consumer<Async<T>>> observers)) {
      observers.add(observer);
    } else {
      observer.accept(this);
    }
  }

  /** The value, changed. */
  public <R> Async<R> map(Function<? super T, ? extends R> change) {
    Async<R> result = new Async<>();
    observe(value -> result.succeed(change.apply(value)), result::fail);
    return result;
  }

  /** The next operation, started with this one's value once it has succeeded. */
  public <R> Async<R> then(Function<? super T, Async<R>> next) {
    Async<R> result = new Async<>();
    observe(value -> next.apply(value).observe(result::succeed, result::fail), result::fail);
    return result;
  }

  /** Another operation in place of this one if this one fails. */
  public Async<T> orElse(Function<IOException, Async<T>> instead) {
    Async<T> result = new Async<>();
    observe(result::succeed, cause -> instead.apply(cause).observe(result::succeed, result::fail));
    return result;
  }
}
