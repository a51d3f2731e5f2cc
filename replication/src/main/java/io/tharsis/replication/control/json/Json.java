package io.tharsis.replication.control.json;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;

/** A value of JSON. Numbers are whole; there is no null: what is not there is left out. */
sealed interface Json {

  /** A string. */
  record Text(String value) implements Json {}

  /** A whole number. */
  record Whole(long value) implements Json {}

  /** True or false. */
  record Bool(boolean value) implements Json {}

  /** A list of values. */
  record Array(List<Json> values) implements Json {
    /** Lists that nobody changes. */
    public Array {
      values = List.copyOf(values);
    }

    static <T> Array of(List<T> values, Function<T, ? extends Json> form) {
      return new Array(values.stream().<Json>map(form).toList());
    }
  }

  /** Reads a value of its own form. */
  @FunctionalInterface
  interface Reading<T> {
    T read(Json.Fields json) throws MalformedJsonException;
  }

  /** Named values, in the order in which they were put. */
  record Fields(SequencedMap<String, Json> fields) implements Json {

    static Fields empty() {
      return new Fields(new LinkedHashMap<>());
    }

    Fields with(String name, Json value) {
      SequencedMap<String, Json> more = new LinkedHashMap<>(fields);
      more.put(name, value);
      return new Fields(Collections.unmodifiableSequencedMap(more));
    }

    Fields with(String name, String value) {
      return with(name, new Text(value));
    }

    Fields with(String name, long value) {
      return with(name, new Whole(value));
    }

    Fields with(String name, boolean value) {
      return with(name, new Bool(value));
    }

    Fields with(String name, Duration value) {
      return with(name, value.toMillis());
    }

    /** Empty texts are left out. */
    Fields withSome(String name, String value) {
      return value.isEmpty() ? this : with(name, value);
    }

    Fields withSome(String name, Optional<String> value) {
      return value.map(text -> with(name, text)).orElse(this);
    }

    Fields withSome(String name, OptionalLong value) {
      return value.isPresent() ? with(name, value.getAsLong()) : this;
    }

    Fields withSpan(String name, Optional<Duration> value) {
      return value.map(span -> with(name, span)).orElse(this);
    }

    Fields with(String name, List<String> values) {
      return with(name, Array.of(values, Text::new));
    }

    <T> Fields with(String name, List<T> values, Function<T, Fields> form) {
      return with(name, Array.of(values, form));
    }

    boolean has(String name) {
      return fields.containsKey(name);
    }

    String text(String name) throws MalformedJsonException {
      if (fields.get(name) instanceof Text(String value)) {
        return value;
      }
      throw wrong(name, "a string");
    }

    long number(String name) throws MalformedJsonException {
      if (fields.get(name) instanceof Whole(long value)) {
        return value;
      }
      throw wrong(name, "a whole number");
    }

    boolean bool(String name) throws MalformedJsonException {
      if (fields.get(name) instanceof Bool(boolean value)) {
        return value;
      }
      throw wrong(name, "true or false");
    }

    /** False if it is not there. */
    boolean optionalBool(String name) throws MalformedJsonException {
      return has(name) && bool(name);
    }

    /** Empty if it is not there. */
    String textOrEmpty(String name) throws MalformedJsonException {
      return has(name) ? text(name) : "";
    }

    Optional<String> optionalText(String name) throws MalformedJsonException {
      return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    OptionalLong optionalNumber(String name) throws MalformedJsonException {
      return has(name) ? OptionalLong.of(number(name)) : OptionalLong.empty();
    }

    Duration millis(String name) throws MalformedJsonException {
      return Duration.ofMillis(number(name));
    }

    Optional<Duration> optionalMillis(String name) throws MalformedJsonException {
      return has(name) ? Optional.of(millis(name)) : Optional.empty();
    }

    Instant time(String name) throws MalformedJsonException {
      try {
        return Instant.parse(text(name));
      } catch (DateTimeException notOne) {
        throw wrong(name, "a time in ISO 8601, UTC");
      }
    }

    Fields object(String name) throws MalformedJsonException {
      if (fields.get(name) instanceof Fields value) {
        return value;
      }
      throw wrong(name, "an object");
    }

    List<String> texts(String name) throws MalformedJsonException {
      List<String> texts = new ArrayList<>();
      for (Json value : array(name)) {
        if (!(value instanceof Text(String text))) {
          throw wrong(name, "an array of strings");
        }
        texts.add(text);
      }
      return texts;
    }

    <T> List<T> objects(String name, Reading<T> form) throws MalformedJsonException {
      List<T> objects = new ArrayList<>();
      for (Json value : array(name)) {
        if (!(value instanceof Fields object)) {
          throw wrong(name, "an array of objects");
        }
        objects.add(form.read(object));
      }
      return objects;
    }

    private List<Json> array(String name) throws MalformedJsonException {
      if (fields.get(name) instanceof Array(List<Json> values)) {
        return values;
      }
      throw wrong(name, "an array");
    }

    /** Refuses fields that are none of those that were read. */
    void refuseOthers(List<String> known) throws MalformedJsonException {
      for (Map.Entry<String, Json> field : fields.entrySet()) {
        if (!known.contains(field.getKey())) {
          throw new MalformedJsonException("the field '" + field.getKey() + "' is unknown here");
        }
      }
    }

    private MalformedJsonException wrong(String name, String expected) {
      return new MalformedJsonException(
          "the field '" + name + (has(name) ? "' is not " + expected : "' is missing"));
    }
  }
}
