package io.tharsis.server.config;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.TimeSpan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A form of values in the file.
 *
 * @param words what they look like, for people
 * @param reading what a value of TOML means; empty if it has another form
 */
record Form<T>(String words, Function<Object, Optional<T>> reading) {

  /** What stands for a value that is not there. */
  static final String NONE = "none";

  private static Optional<String> text(Object raw) {
    return raw instanceof String text ? Optional.of(text) : Optional.empty();
  }

  static Form<String> text(String words, Predicate<String> sound) {
    return new Form<>(words, raw -> text(raw).filter(sound));
  }

  static Form<HostPort> address(String words, Predicate<HostPort> sound) {
    return new Form<>(words, raw -> text(raw).flatMap(HostPort::parse).filter(sound));
  }

  /** An amount of bytes within bounds, both inclusive, as a string or as a whole number. */
  static Form<Long> size(long least, long most) {
    return new Form<>(
        "a size from " + DataSize.format(least) + " to " + DataSize.format(most),
        raw -> bytes(raw).filter(bytes -> bytes >= least && bytes <= most));
  }

  private static Optional<Long> bytes(Object raw) {
    if (raw instanceof Long number) {
      return Optional.of(number);
    }
    OptionalLong bytes = text(raw).map(DataSize::parse).orElse(OptionalLong.empty());
    return bytes.isPresent() ? Optional.of(bytes.getAsLong()) : Optional.empty();
  }

  /** A truth value of TOML. */
  static Form<Boolean> truth() {
    return new Form<>(
        "true or false",
        raw -> raw instanceof Boolean truth ? Optional.of(truth) : Optional.empty());
  }

  /** A whole number within bounds, both inclusive. */
  static Form<Integer> number(int least, int most) {
    return new Form<>(
        "a whole number from " + least + " to " + most,
        raw ->
            raw instanceof Long number && number >= least && number <= most
                ? Optional.of(Math.toIntExact(number))
                : Optional.empty());
  }

  /** A duration within bounds, both inclusive. */
  static Form<Duration> time(Duration least, Duration most) {
    return new Form<>(
        "a time from " + TimeSpan.format(least) + " to " + TimeSpan.format(most),
        raw ->
            text(raw)
                .flatMap(TimeSpan::parse)
                .filter(time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0));
  }

  private static <T> Form<T> choice(List<T> choices, Function<T, String> name) {
    return new Form<>(
        choices.stream().map(name).map(Form::quoted).collect(Collectors.joining(", ")),
        raw ->
            text(raw)
                .flatMap(word ->
                    choices.stream()
                        .filter(choice -> name.apply(choice).equals(word))
                        .findFirst()));
  }

  /** The same, or nothing, which is said with a word. */
  Form<Optional<T>> or(String word) {
    return new Form<>(
        words + ", or " + quoted(word),
        raw -> word.equals(raw) ? Optional.of(Optional.empty()) : present(reading.apply(raw)));
  }

  /** A value that may be absent, and here is not; no value at all if there is none. */
  private static <T> Optional<Optional<T>> present(Optional<T> value) {
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  /** Several, or one, which needs no brackets; with a word for none. */
  Form<List<T>> several(String word) {
    return new Form<>(
        words + "; or an array of such; or " + quoted(word),
        raw ->
            raw instanceof List<?> list
                ? all(list)
                : word.equals(raw) ? Optional.of(List.of()) : reading.apply(raw).map(List::of));
  }

  private Optional<List<T>> all(List<?> list) {
    List<Optional<T>> read = list.stream().map(reading).toList();
    return read.isEmpty() || read.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : Optional.of(read.stream().flatMap(Optional::stream).toList());
  }

  /** The same, with a condition. */
  Form<T> that(String words, Predicate<T> sound) {
    return new Form<>(words, raw -> reading.apply(raw).filter(sound));
  }

  static String quoted(String word) {
    return "\"" + word + "\"";
  }

  /** Every word of an enumeration. */
  static <E extends Enum<E>> Form<E> choice(Class<E> type, Function<E, String> name) {
    return choice(Arrays.asList(type.getEnumConstants()), name);
  }
}
