package io.tharsis.server.config;

import java.util.List;
import java.util.Optional;

/**
 * A key of the file.
 *
 * @param name with its table, dotted
 * @param form of its values
 * @param byDefault the value of TOML that it has if it is not said
 * @param meaning what it does, for people; ends without a full stop
 */
record Key<T>(String name, Form<T> form, Object byDefault, String meaning) {

  /** A default that is not of the form is a bug. */
  Key {
    if (form.reading().apply(byDefault).isEmpty()) {
      throw new IllegalArgumentException("default of " + name);
    }
  }

  String table() {
    return path().getFirst();
  }

  /** Table and key. */
  List<String> path() {
    return List.of(name.split("\\.", -1));
  }

  Optional<T> read(Object raw) {
    return form.reading().apply(raw);
  }

  /** The default as it would stand in the file. */
  String shownDefault() {
    return byDefault instanceof String text ? Form.quoted(text) : String.valueOf(byDefault);
  }
}
