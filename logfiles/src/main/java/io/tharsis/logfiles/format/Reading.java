package io.tharsis.logfiles.format;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What a reader found where a block of the format should be.
 *
 * @param <T> what the block holds when it is sound
 */
public sealed interface Reading<T> {

  /** Undamaged and understood. */
  record Sound<T>(T value) implements Reading<T> {}

  /** Nothing but zeros: never written. */
  record Blank<T>() implements Reading<T> {}

  /** Damaged, or something else. */
  record Corrupt<T>(String reason) implements Reading<T> {}

  /** Undamaged, and made by a program that knows more than this one. */
  record TooNew<T>(String reason) implements Reading<T> {}

  /** Undamaged, and of another resource. */
  record Foreign<T>(UUID found) implements Reading<T> {}

  /** The value, if it is sound. */
  default Optional<T> sound() {
    return this instanceof Sound<T>(T value) ? Optional.of(value) : Optional.empty();
  }

  /** In words for people. */
  default String words() {
    return switch (this) {
      case Sound<T> sound -> "sound";
      case Blank<T> blank -> "blank";
      case Corrupt<T>(String reason) -> "corrupt: " + reason;
      case TooNew<T>(String reason) -> "too new: " + reason;
      case Foreign<T>(UUID found) -> "belongs to resource " + found;
    };
  }

  /** The same, unless it turns out to be of another resource than {@code expected}. */
  default Reading<T> ownedBy(UUID expected, Function<T, UUID> owner) {
    if (this instanceof Sound<T>(T value) && !owner.apply(value).equals(expected)) {
      return new Foreign<>(owner.apply(value));
    }
    return this;
  }
}
