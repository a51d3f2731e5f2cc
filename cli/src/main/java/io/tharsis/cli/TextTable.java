package io.tharsis.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as their widest cell. */
final class TextTable {

  private final List<String> titles;
  private final List<Boolean> rightAligned;
  private final List<List<String>> rows = new ArrayList<>();

  /** Titles that begin with {@code >} stand above columns that are aligned to the right. */
  TextTable(String... titles) {
    List<String> all = List.of(titles);
    this.rightAligned = all.stream().map(title -> title.startsWith(">")).toList();
    this.titles = all.stream().map(title -> title.replaceFirst("^>", "")).toList();
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  void print(PrintWriter out) {
    List<List<String>> all = new ArrayList<>();
    all.add(titles);
    all.addAll(rows);
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < titles.size(); column++) {
        int at = column;
        int width = all.stream().mapToInt(cells -> cells.get(at).length()).max().orElse(0);
        String gap = " ".repeat(width - row.get(column).length());
        line.append(rightAligned.get(column) ? gap + row.get(column) : row.get(column) + gap);
        line.append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
