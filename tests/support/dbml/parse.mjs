// Reads a list of diagrams as JSON, and writes of each what DBML's parser makes of it.
import { readFileSync } from "node:fs";
import { Parser } from "@dbml/core";

const read = (text) => {
  try {
    const { schemas } = new Parser().parse(text, "dbmlv2");
    return {
      tables: schemas.flatMap((schema) =>
        schema.tables.map((table) => ({
          name: table.name,
          note: table.note ?? "",
          columns: table.fields.map((one) => [one.name, one.type.type_name, one.dbdefault?.value ?? null]),
          indexes: table.indexes.length,
          checks: (table.checks ?? []).length,
        })),
      ),
      enums: schemas.flatMap((schema) => schema.enums.map((one) => one.name)),
      refs: schemas.flatMap((schema) =>
        schema.refs.map((one) => [one.name, one.onDelete ?? null, ...one.endpoints.map((end) => end.tableName)]),
      ),
      groups: schemas.flatMap((schema) => schema.tableGroups.map((one) => one.name)),
    };
  } catch (error) {
    return { error: JSON.stringify(error.diags ?? String(error)) };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
