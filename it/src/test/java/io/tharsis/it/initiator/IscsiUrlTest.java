package io.tharsis.it.initiator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IscsiUrlTest {

  @Test
  void readsWhatServePrints() {
    IscsiUrl url = IscsiUrl.parse("iscsi://127.0.0.1:3261/iqn.2026-11.io.tharsis:bench/0");
    assertThat(url).isEqualTo(new IscsiUrl("127.0.0.1", 3261, "iqn.2026-11.io.tharsis:bench", 0));
    assertThat(url.portal()).isEqualTo("127.0.0.1:3261");
    assertThat(IscsiUrl.parse(url.toString())).isEqualTo(url);
  }

  @Test
  void knowsTheDefaultPortAndBrackets() {
    assertThat(IscsiUrl.parse("iscsi://host/iqn.x/1").port()).isEqualTo(3260);
    assertThat(IscsiUrl.parse("iscsi://[::1]:9/iqn.x/1").portal()).isEqualTo("[::1]:9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iscsi://host/iqn.x",
        "iscsi:///iqn.x/0",
        "http://host/iqn.x/0",
        "iscsi://host:0/iqn.x/0",
        "iscsi://host:70000/iqn.x/0",
        "iscsi://host/iqn.x/256",
        "iscsi://host/iqn.x/0 "
      })
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> IscsiUrl.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
