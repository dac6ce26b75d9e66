import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs SQL over the tables of `tributary contract export --for flink` in this process: each line of
 * the standard input is a file with a query, and the answer is its final rows, one line of JSON, once
 * the topics have been read to the end. Times are milliseconds.
 */
public class Ask {
  public static void main(String[] args) throws Exception {
    TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.newInstance().inStreamingMode().build());
    tables.getConfig().set("parallelism.default", "1");
    tables.getConfig().set("table.local-time-zone", "UTC");
    for (String statement : Files.readString(Path.of(args[0])).split(";\n")) {
      if (!statement.replaceAll("(?m)^--.*$", "").isBlank()) {
        tables.executeSql(statement);
      }
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String file = in.readLine(); file != null; file = in.readLine()) {
      String answer;
      try {
        answer = ask(tables, Files.readString(Path.of(file)));
      } catch (Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        answer = text(cause.toString());
      }
      System.out.println("answer " + answer);
    }
  }

  /** Applies the changes of a query's result, so that the rows that remain are those at the end. */
  private static String ask(TableEnvironment tables, String sql) throws Exception {
    Map<Row, Integer> counts = new LinkedHashMap<>();
    try (CloseableIterator<Row> rows = tables.executeSql(sql).collect()) {
      while (rows.hasNext()) {
        Row row = rows.next();
        int change = row.getKind() == RowKind.INSERT || row.getKind() == RowKind.UPDATE_AFTER ? 1 : -1;
        row.setKind(RowKind.INSERT);
        counts.merge(row, change, Integer::sum);
      }
    }
    List<String> lines = new ArrayList<>();
    counts.forEach((row, n) -> {
      for (int i = 0; i < n; i++) {
        lines.add(json(row));
      }
    });
    return "[" + String.join(",", lines) + "]";
  }

  private static String json(Row row) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < row.getArity(); i++) {
      values.add(json(row.getField(i)));
    }
    return "[" + String.join(",", values) + "]";
  }

  private static String json(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value);
    }
    if (value instanceof LocalDateTime at) {
      return String.valueOf(at.toInstant(ZoneOffset.UTC).toEpochMilli());
    }
    if (value instanceof Instant at) {
      return String.valueOf(at.toEpochMilli());
    }
    if (value instanceof LocalDate day) {
      return String.valueOf(day.toEpochDay() * 86_400_000L);
    }
    return text(value.toString());
  }

  private static String text(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", " ") + '"';
  }
}
