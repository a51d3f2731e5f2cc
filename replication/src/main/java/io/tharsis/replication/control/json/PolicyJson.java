package io.tharsis.replication.control.json;

import io.tharsis.replication.control.OnSplit;

/** Policies of a resource in JSON: what {@code set-policy} says and views show. */
final class PolicyJson {

  static final String ON_SPLIT = "onSplit";
  static final String KEEP_BRANCH_DAYS = "keepBranchDays";

  private PolicyJson() {}

  static OnSplit onSplit(Json.Fields json) throws MalformedJsonException {
    String word = json.text(ON_SPLIT);
    return OnSplit.of(word)
        .orElseThrow(() -> new MalformedJsonException("'" + word + "' is no policy for a split"));
  }
}
