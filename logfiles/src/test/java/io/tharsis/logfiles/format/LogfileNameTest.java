package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogfileNameTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "log-000000001-host",
        "log-999999999-a.b_c-d",
        "log-1000000000-h",
        "log-9223372036854775807-h"
      })
  void namesArePrintedAsTheyAreParsed(String name) {
    assertThat(LogfileName.parse(name).orElseThrow()).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log-000000000-host",
        "log-1-host",
        "log-0000000001-host",
        "log-000000001-",
        "log-000000001",
        "log-000000001-ho st",
        "log-9223372036854775808-h",
        "log-000000001-host\n",
        "log-٠٠٠٠٠٠٠٠١-h",
        "xlog-000000001-host"
      })
  void anythingElseIsNoName(String name) {
    assertThat(LogfileName.parse(name)).isEmpty();
  }

  @Test
  void orderIsByNumberAlsoBeyondNineDigits() {
    assertThat(LogfileName.of(999_999_999, "z")).isLessThan(LogfileName.of(1_000_000_000, "a"));
    assertThat(LogfileName.of(2, "a")).isLessThan(LogfileName.of(2, "b"));
  }

  @Test
  void hostsMayBeCalledAnything() {
    assertThat(LogfileName.of(1, "a/b ü")).hasToString("log-000000001-a_b__");
    assertThat(LogfileName.of(1, "")).hasToString("log-000000001-_");
    assertThat(LogfileName.of(1, "x".repeat(100)).host()).hasSize(64);
  }
}
